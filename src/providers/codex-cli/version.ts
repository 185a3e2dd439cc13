/** The oldest Codex CLI whose protocol the gateway knows. Newer ones are taken as they are. */
export const MINIMUM_VERSION = '0.169.0';

/** Reads what `codex --version` prints (`codex-cli 0.169.0`); undefined where it is something else. */
export function parseVersion(output: string): string | undefined {
  return /^\s*codex(?:-cli)?\s+(\d+\.\d+\.\d+)(?:[-+][\w.-]+)?\s*$/m.exec(output)?.[1];
}

export function isSupported(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const [minMajor = 0, minMinor = 0, minPatch = 0] = MINIMUM_VERSION.split('.').map(Number);
  return major !== minMajor ? major > minMajor : minor !== minMinor ? minor > minMinor : patch >= minPatch;
}
