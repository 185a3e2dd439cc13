/** The oldest release of each CLI that the gateway serves with: the protocol it knows, and no hole that is known. Newer ones are taken as they are. */
export const minimumVersions = {
  /** Older ones run the `/commands` of a prompt. */
  claude: '2.1.330',
  /** Older ones keep their session files in another way. */
  gemini: '0.61.0',
  /** Older ones speak another app-server protocol. */
  codex: '0.169.0',
} as const;

/** The release of each that the tests drive, the newest that is known to serve. */
export const testedVersions: Readonly<Record<keyof typeof minimumVersions, string>> = { claude: '2.1.330', gemini: '0.61.0', codex: '0.169.0' };

/** Whether `version` is at least `minimum`. A preview of a version counts as that version; what is no version counts as none. */
export function isAtLeast(version: string, minimum: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(version)?.slice(1).map(Number);
  if (!parts) return false;
  const least = minimum.split('.').map(Number);
  const different = parts.findIndex((part, index) => part !== least[index]);
  return different === -1 || (parts[different] ?? 0) > (least[different] ?? 0);
}
