import { setImmediate as others } from 'node:timers/promises';

/** A line of a text, without its end. */
export interface InputLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** The lines of a text that comes in pieces, but for blank ones and a byte order mark. Others get their turn after each piece. */
export async function* inputLines(pieces: AsyncIterable<string>): AsyncGenerator<InputLine, void, undefined> {
  let begun: string[] = [];
  let number = 1;
  let first = true;
  for await (const piece of pieces) {
    let from = first && piece.startsWith('\ufeff') ? 1 : 0;
    first = false;
    for (let end = piece.indexOf('\n', from); end >= 0; end = piece.indexOf('\n', from)) {
      begun.push(piece.slice(from, end));
      const text = begun.join('').trim();
      begun = [];
      from = end + 1;
      if (text !== '') yield { number, text };
      number += 1;
    }
    begun.push(piece.slice(from));
    await others();
  }
  const text = begun.join('').trim();
  if (text !== '') yield { number, text };
}
