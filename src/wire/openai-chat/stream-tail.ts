import { endOfEvent } from './chunk-boundary.js';
import { dataOf } from './event-data.js';
import { charactersIn } from './spoken.js';
import { estimateTokens } from '../../kernel/usage.js';

/** The finish, the usage and `[DONE]` are the last things said; the usage is short. */
const TAIL_BYTES = 8192;
/** Of an event, around its words, about. Bytes. */
const ENVELOPE_BYTES = 300;

/** How much a stream of Chat Completions said, and its last words: enough to know how it ended, and to guess its tokens. Nothing is parsed as it passes. */
export class StreamTail {
  readonly #last: Buffer[] = [];
  #kept = 0;
  #bytes = 0;

  push(piece: Buffer): void {
    this.#last.push(piece);
    this.#bytes += piece.length;
    this.#kept += piece.length;
    while (this.#last[0] && this.#kept - this.#last[0].length >= TAIL_BYTES) this.#kept -= this.#last.shift()?.length ?? 0;
  }

  /** One byte a character. */
  get text(): string {
    return Buffer.concat(this.#last).toString('latin1');
  }

  /** A guess at the tokens of the whole stream: as many a byte as in its last events, where a token has four characters and a word is one at least. */
  get tokens(): number {
    const tail = Buffer.concat(this.#last).toString();
    let at = this.#kept < this.#bytes ? endOfEvent(tail, 0) : 0;
    let [bytes, characters, words] = [0, 0, 0];
    while (at < tail.length) {
      const to = endOfEvent(tail, at);
      const event = tail.slice(at, to);
      const said = charactersIn(dataOf(event));
      // The last one may be cut.
      if (to < tail.length || /[\r\n]$/.test(event)) bytes += Buffer.byteLength(event);
      characters += said;
      if (said > 0) words++;
      at = to;
    }
    if (bytes === 0) return estimateTokens(Math.max(0, this.#bytes - ENVELOPE_BYTES));
    return Math.ceil((this.#bytes / bytes) * Math.max(estimateTokens(characters), words));
  }
}
