import { openSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { CommandFailure } from './command-failure.js';
import { followFile } from './follow-file.js';
import { ownDataDir, processFiles, runningGateway } from './gateway-process.js';
import { lastLines } from './last-lines.js';
import { logLine } from './log-line.js';

export interface LogsOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

/** Shows the end of the log, and what comes. */
export async function logs({ lines, follow = false, json = false }: LogsOptions): Promise<void> {
  const dataDir = ownDataDir();
  const path = processFiles(dataDir).log;
  const file = open(path, dataDir);
  const writer = new LineWriter(json || !process.stdout.isTTY);
  const { text, end } = lastLines(file, lines);
  await writer.write(text);
  if (follow) for await (const piece of followFile(path, file, end)) await writer.write(piece);
  else await writer.end();
}

function open(path: string, dataDir: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new CommandFailure(`the log cannot be read: ${message}`);
    const running = runningGateway(dataDir);
    const where = 'a systemd service has its log in the journal: journalctl -u shellm -f';
    throw new CommandFailure(running ? `the server (pid ${running.pid}) writes its log where it was started; ${where}` : `there is no log: \`shellm start\` begins one; ${where}`);
  }
}

/** Lines as they are, or one by one for people. Waits where whoever reads is slow. */
class LineWriter {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  constructor(private readonly raw: boolean) {}

  async write(piece: Buffer | string): Promise<void> {
    const lines = (this.#rest + (typeof piece === 'string' ? piece : this.#decoder.write(piece))).split('\n');
    this.#rest = lines.pop() ?? '';
    if (lines.length > 0) await this.#out(lines);
  }

  /** What the last line has so far. */
  async end(): Promise<void> {
    if (this.#rest !== '') await this.#out([this.#rest]);
  }

  #out(lines: readonly string[]): Promise<void> {
    const text = lines.map((line) => `${this.raw ? line : logLine(line)}\n`).join('');
    return new Promise((resolve) => {
      process.stdout.write(text, () => {
        resolve();
      });
    });
  }
}
