const MB = 1024 ** 2;

/** Bytes that a child may say: a line, and from one reader's coming to the next. */
export interface OutputLimits {
  readonly line: number;
  readonly stdout: number;
  readonly stderr: number;
  /** How much of stderr is remembered. */
  readonly stderrTail: number;
}

export const outputLimits: OutputLimits = { line: 8 * MB, stdout: 32 * MB, stderr: MB, stderrTail: 64 * 1024 };
