import { EventEmitter } from 'node:events';
import { type Socket } from 'node:net';
import { constants } from 'node:os';
import { type RunningProgram } from './running-program.js';

export interface ProgramPipes {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/** A shell adds it to the number of the signal that ended a program. One that ends by itself with such a code means the same by it, and is told so. */
const SIGNALLED = 128;
const signals: ReadonlyMap<number, NodeJS.Signals> = new Map(Object.entries(constants.signals).map(([name, number]) => [number, name as NodeJS.Signals]));

/** A program that the launcher started. Its events are those of a `ChildProcess`. */
export class LaunchedProgram extends EventEmitter<{ exit: []; close: []; error: [] }> implements RunningProgram {
  readonly stdin: Socket;
  readonly stdout: Socket;
  readonly stderr: Socket;
  exitCode: number | null = null;
  signalCode: NodeJS.Signals | null = null;
  #open = 3;

  constructor(
    readonly pid: number,
    { stdin, stdout, stderr }: ProgramPipes,
  ) {
    super();
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    stdin.once('finish', () => {
      stdin.destroy(); // a pipe is not half-closed, as a socket is
    });
    for (const pipe of [stdout, stderr]) pipe.once('close', this.#closed);
  }

  /** @param status as a shell has it; undefined: nobody knows */
  exited(status: number | undefined): void {
    this.signalCode = signals.get((status ?? 0) - SIGNALLED) ?? null;
    this.exitCode = this.signalCode === null ? (status ?? null) : null;
    this.stdin.destroy();
    this.emit('exit');
    this.#closed();
  }

  readonly #closed = (): void => {
    this.#open -= 1;
    if (this.#open === 0) this.emit('close');
  };
}
