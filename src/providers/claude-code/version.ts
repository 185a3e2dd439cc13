/** Reads what `claude --version` prints; undefined where it is something else. */
export function parseVersion(output: string): string | undefined {
  return /^\s*(\d+\.\d+\.\d+)(?:[-+][\w.-]+)?(?:\s|$)/.exec(output)?.[1];
}
