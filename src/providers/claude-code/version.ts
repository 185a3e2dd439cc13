/** The oldest Claude Code whose protocol the gateway knows: older ones run `/commands` of a prompt. Newer ones are taken as they are. */
export const MINIMUM_VERSION = '2.1.330';

/** Reads what `claude --version` prints; undefined where it is something else. */
export function parseVersion(output: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)(?:[-+][\w.-]+)?(?:\s|$)/.exec(output)?.[1];
}

export function isSupported(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [minMajor = 0, minMinor = 0, minPatch = 0] = MINIMUM_VERSION.split('.').map(Number);
  return major !== minMajor ? major > minMajor : minor !== minMinor ? minor > minMinor : patch >= minPatch;
}
