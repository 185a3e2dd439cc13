import { type Readable } from 'node:stream';
import { Observable, type Subscriber } from 'rxjs';
import { type ChildExit } from './child-exit.js';
import { LineSplitter } from './line-splitter.js';
import { type OutputLimits } from './output-limits.js';
import { TailBuffer } from './tail-buffer.js';
import { type Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';

/**
 * What a child says. Its stdout is always read, so that it never blocks: into the reader's lines, or into nothing.
 * The counts start anew with each reader's coming and going, since a child may serve many turns.
 */
export class ChildOutput {
  readonly #splitter: LineSplitter;
  readonly #tail: TailBuffer;
  #reader: Subscriber<string> | undefined;
  #stdoutBytes = 0;
  #stderrBytes = 0;
  #exit: ChildExit | undefined;
  #overflown = false;

  constructor(
    private readonly name: string,
    private readonly stdout: Readable,
    stderr: Readable,
    private readonly limits: OutputLimits,
    private readonly onOverflow: () => void,
  ) {
    this.#splitter = new LineSplitter(limits.line);
    this.#tail = new TailBuffer(limits.stderrTail);
    stdout.on('data', (chunk: Buffer) => {
      this.#hear(chunk);
    });
    stderr.on('data', (chunk: Buffer) => {
      this.#tail.push(chunk);
      this.#stderrBytes += chunk.length;
      if (this.#stderrBytes > limits.stderr) this.#overflow();
    });
    // A pipe that breaks is followed by the child's exit, which says more.
    stdout.on('error', () => undefined);
    stderr.on('error', () => undefined);
  }

  get stderrTail(): string {
    return this.#tail.toString();
  }

  lines(flow: Flow): Observable<string> {
    return new Observable((reader) => {
      if (this.#exit) {
        reader.error(exitError(this.name, this.#exit));
        return;
      }
      if (this.#reader) throw new Error(`Two readers for one ${this.name} process.`);
      this.#reader = reader;
      this.#restart();
      flow.onChange((paused) => {
        if (this.#reader !== reader) return;
        if (paused) this.stdout.pause();
        else this.stdout.resume();
      });
      return () => {
        if (this.#reader !== reader) return;
        this.#reader = undefined;
        this.#restart();
        this.stdout.resume();
      };
    });
  }

  /** Both pipes are at their end and the child is gone. */
  finish(exit: ChildExit): void {
    this.#exit = exit;
    const reader = this.#reader;
    if (!reader) return;
    this.#splitter.flush((line) => {
      reader.next(line);
    });
    reader.error(exitError(this.name, exit));
  }

  #hear(chunk: Buffer): void {
    if (this.#overflown) return;
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > this.limits.stdout) {
      this.#overflow();
      return;
    }
    const reader = this.#reader;
    if (!reader) {
      this.#splitter.discard(chunk);
      return;
    }
    const short = this.#splitter.push(chunk, (line) => {
      reader.next(line); // the reader may leave at any line: what is left of the chunk is nobody's
    });
    if (!short) this.#overflow();
  }

  #overflow(): void {
    if (this.#overflown) return;
    this.#overflown = true;
    const reader = this.#reader;
    this.onOverflow();
    reader?.error(new GatewayError('output_limit_exceeded', `${this.name} said more than a turn may hold.`, { shouldRetry: false }));
  }

  #restart(): void {
    this.#splitter.restart();
    this.#stdoutBytes = 0;
    this.#stderrBytes = 0;
  }
}

function exitError(name: string, exit: ChildExit): GatewayError {
  if (exit.reason === 'shutdown') return new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5, cause: exit });
  if (exit.reason === 'output-limit') return new GatewayError('output_limit_exceeded', `${name} said more than a turn may hold.`, { shouldRetry: false, cause: exit });
  if (exit.reason === 'disk-limit') return new GatewayError('output_limit_exceeded', `${name} wrote more to the disk than it may.`, { shouldRetry: false, cause: exit });
  if (exit.reason === 'mute') return new GatewayError('cli_failed', `${name} closed its output before its answer was complete.`, { shouldRetry: false, cause: exit });
  const how = exit.exitCode === null ? `was ended by ${exit.signal ?? 'a signal'}` : `ended with exit code ${exit.exitCode}`;
  return new GatewayError('cli_failed', `${name} ${how} before its answer was complete.`, { shouldRetry: false, cause: exit });
}
