/** Reads what `codex --version` prints (`codex-cli 0.169.0`); undefined where it is something else. */
export function parseVersion(output: string): string | undefined {
  return /^\s*codex(?:-cli)?\s+(\d+\.\d+\.\d+)(?:[-+][\w.-]+)?\s*$/m.exec(output)?.[1];
}
