import { endOfEvent } from './chunk-boundary.js';
import { dataOf } from './event-data.js';
import { charactersIn } from './spoken.js';
import { estimateTokens } from '../../kernel/usage.js';

/** The finish, the usage and `[DONE]` are the last things said; the usage is short. */
const TAIL_BYTES = 8192;
/** What is kept, and some more, so that it is not moved for every piece. Bytes. */
const ROOM = TAIL_BYTES + 4096;
const FIRST_ROOM = 2048;
/** Of an event, around its words, about. Bytes. */
const ENVELOPE_BYTES = 300;

/** How much a stream of Chat Completions said, and its last words: enough to know how it ended, and to guess its tokens. Nothing is parsed as it passes. */
export class StreamTail {
  /** Copied, for pieces that are kept outlive the collector's young generation, a few hundred at every moment. Grows up to {@link ROOM}. */
  #room = Buffer.alloc(0);
  #filled = 0;
  #bytes = 0;

  push(piece: Buffer): void {
    this.#bytes += piece.length;
    const last = piece.length > TAIL_BYTES ? piece.subarray(-TAIL_BYTES) : piece;
    if (this.#filled + last.length > this.#room.length) this.#makeRoom(last.length);
    this.#room.set(last, this.#filled);
    this.#filled += last.length;
  }

  /** One byte a character. */
  get text(): string {
    return this.#last.toString('latin1');
  }

  /** A guess at the tokens of the whole stream: as many a byte as in its last events, where a token has four characters and a word is one at least. */
  get tokens(): number {
    const tail = this.#last.toString();
    let at = this.#last.length < this.#bytes ? endOfEvent(tail, 0) : 0;
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

  get #last(): Buffer {
    return this.#room.subarray(Math.max(0, this.#filled - TAIL_BYTES), this.#filled);
  }

  #makeRoom(bytes: number): void {
    const kept = this.#room.subarray(Math.max(0, this.#filled + bytes - TAIL_BYTES), this.#filled);
    if (this.#room.length < ROOM) this.#room = Buffer.allocUnsafeSlow(Math.min(ROOM, Math.max(FIRST_ROOM, 2 * this.#room.length, kept.length + bytes)));
    this.#room.set(kept);
    this.#filled = kept.length;
  }
}
