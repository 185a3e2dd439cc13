/** The oldest Gemini CLI whose protocol and session files the gateway knows. Newer ones are taken as they are. */
export const MINIMUM_VERSION = '0.61.0';

/** Whether a version is at least {@link MINIMUM_VERSION}. A preview of a version counts as that version; what is no version counts as none. */
export function isSupported(version: string): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(version)?.slice(1).map(Number);
  if (!parts) return false;
  const minimum = MINIMUM_VERSION.split('.').map(Number);
  const different = parts.findIndex((part, index) => part !== minimum[index]);
  return different === -1 || (parts[different] ?? 0) > (minimum[different] ?? 0);
}
