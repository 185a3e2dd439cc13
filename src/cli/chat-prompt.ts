import { fstatSync } from 'node:fs';
import { CommandFailure } from './command-failure.js';

/** More than any gateway takes by default. Bytes. */
const MAX_BYTES = 32 * 1024 ** 2;

/** The prompt of the command line, and below it what was piped in. `-` stands for what is piped in alone. */
export async function readPrompt(prompt: string | undefined): Promise<string> {
  if (prompt === '-' || (prompt === undefined && !process.stdin.isTTY)) return readStdin();
  if (prompt === undefined || !isPiped()) return prompt ?? '';
  const piped = await readStdin();
  return piped.trim() === '' ? prompt : `${prompt}\n\n${piped}`;
}

/** By a pipe or a file: neither the terminal nor nothing. */
function isPiped(): boolean {
  try {
    const stdin = fstatSync(0);
    return stdin.isFIFO() || stdin.isFile() || stdin.isSocket();
  } catch {
    return false; // it is closed
  }
}

async function readStdin(): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > MAX_BYTES) throw new CommandFailure('what is piped in is longer than 32 MB');
    pieces.push(piece);
  }
  const bytes = Buffer.concat(pieces);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandFailure('what is piped in is no UTF-8 text');
  }
}
