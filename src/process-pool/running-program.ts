import { type Readable, type Writable } from 'node:stream';

/** A program that runs: what the gateway needs of a `ChildProcess`, whoever started it. */
export interface RunningProgram {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Null while it runs, and where a signal ended it. */
  readonly exitCode: number | null;
  readonly signalCode: NodeJS.Signals | null;
  /** `exit`: it is gone. `close`: stdout and stderr are at their end too. */
  once(event: 'exit' | 'close', listener: () => void): unknown;
  /** A signal that could not be sent. */
  on(event: 'error', listener: () => void): unknown;
}
