import { fstatSync, readSync } from 'node:fs';

const PIECE_BYTES = 64 * 1024;
/** However many lines are asked for. */
const MAX_BYTES = 64 * 1024 ** 2;
const NEWLINE = 0x0a;

/** The last lines of a file, looked for from its end. @returns their text, and where the file ended */
export function lastLines(file: number, count: number): { readonly text: string; readonly end: number } {
  const end = fstatSync(file).size;
  const pieces: Buffer[] = [];
  let [start, found] = [end, 0];
  while (start > 0 && found <= count && end - start < MAX_BYTES) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, start));
    start -= piece.length;
    readSync(file, piece, 0, piece.length, start);
    pieces.unshift(piece);
    found += piece.reduce((sum, byte) => sum + (byte === NEWLINE ? 1 : 0), 0);
  }
  const lines = Buffer.concat(pieces).toString().split('\n');
  const rest = lines.pop() ?? '';
  const whole = count === 0 ? [] : lines.slice(-count);
  return { text: [...whole, rest].join('\n'), end };
}
