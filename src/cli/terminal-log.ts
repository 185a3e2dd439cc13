import { type DestinationStream } from 'pino';
import { logLine } from './log-line.js';

const MAX_HELD = 1000;

/** The log on a terminal: lines for people. They wait until the greeting is written. */
export class TerminalLog implements DestinationStream {
  #held: string[] | undefined = [];

  write(lines: string): void {
    const text = lines
      .trimEnd()
      .split('\n')
      .map((line) => `${logLine(line)}\n`)
      .join('');
    if (this.#held && this.#held.length < MAX_HELD) this.#held.push(text);
    else process.stdout.write(text);
  }

  release(): void {
    for (const text of this.#held ?? []) process.stdout.write(text);
    this.#held = undefined;
  }

  /** Nothing of what waits may be lost where the process ends before. */
  flushSync(): void {
    this.release();
  }
}
