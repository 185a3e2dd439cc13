import { endOfEvent, endOfLastEvent } from './chunk-boundary.js';
import { dataOf } from './event-data.js';
import { mayHoldFacts, readFacts } from './read-facts.js';
import { RepeatedHead } from './repeated-head.js';
import { StreamRedactor } from './stream-redactor.js';
import { tellsUsageAlone } from './stream-usage.js';
import { type Facts } from '../../kernel/answer.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Redactor } from '../../kernel/text-filter.js';

/** Looks at an event stream on its way. An event that the network cut waits for its end; whole ones go on at once. */
export class StreamInspector {
  readonly #redactor: Redactor;
  readonly #stream: StreamRedactor;
  readonly #observe: (facts: Facts) => void;
  readonly #head = new RepeatedHead();
  readonly #isClean = (part: string): boolean => !mayHoldFacts(part) && !this.#redactor.suspicious(part);
  /** An event that has not ended, as it came. */
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #pendingEnd = '';
  #facts: Facts = {};
  /** An event was taken out whose CRLF the network may have cut. */
  #cutAtReturn = false;

  constructor(
    redactor: Redactor,
    observe: (facts: Facts) => void,
    private readonly hidesUsage: boolean,
  ) {
    this.#redactor = redactor;
    this.#stream = new StreamRedactor(redactor);
    this.#observe = observe;
  }

  /** Gives what may go on: the same Buffer where it can. @throws GatewayError `output_limit_exceeded` */
  push(piece: Buffer): Buffer | undefined {
    if (this.#cutAtReturn && piece.length > 0) {
      this.#cutAtReturn = false;
      if (piece[0] === LF) return this.push(piece.subarray(1));
    }
    // Every character that matters is ASCII: one byte a character is enough to look.
    const text = piece.toString('latin1');
    // The end of the last event may be cut too.
    const end = endOfLastEvent(this.#pendingEnd + text) - this.#pendingEnd.length;
    if (end <= 0) {
      this.#hold(piece, text);
      return undefined;
    }
    if (this.#pendingBytes === 0 && end === piece.length) return this.#inspect(piece, text);
    const whole = Buffer.concat([...this.#pending, piece.subarray(0, end)]);
    this.#release();
    if (end < piece.length) this.#hold(piece.subarray(end), text.slice(end));
    return this.#inspect(whole, whole.toString('latin1'));
  }

  end(): Buffer | undefined {
    const last = Buffer.concat(this.#pending);
    this.#release();
    const inspected = last.length > 0 ? this.#inspect(last, last.toString('latin1')) : last;
    const held = this.#stream.end();
    // The last event may lack its blank line.
    const whole = held === '' ? inspected : Buffer.concat([inspected, Buffer.from(last.length > 0 ? `\n\n${held}` : held)]);
    return whole.length > 0 ? whole : undefined;
  }

  #hold(piece: Buffer, text: string): void {
    if (piece.length === 0) return;
    this.#pending.push(piece);
    this.#pendingBytes += piece.length;
    this.#pendingEnd = (this.#pendingEnd + text).slice(-3);
    if (this.#pendingBytes > MAX_EVENT_BYTES) throw new GatewayError('output_limit_exceeded', 'The provider sent an event that is too large.', { shouldRetry: false });
  }

  #release(): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#pendingEnd = '';
  }

  #inspect(events: Buffer, text: string): Buffer {
    const clean = this.#stream.active ? 0 : this.#head.cleanUntil(text, this.#isClean);
    return clean < text.length ? this.#inspectEach(events, text, clean) : events;
  }

  /** @param clean up to where there is nothing */
  #inspectEach(events: Buffer, text: string, clean: number): Buffer {
    const inspected = [events.subarray(0, clean)];
    let changed = false;
    for (let from = clean; from < text.length;) {
      const to = endOfEvent(text, from);
      const event = events.subarray(from, to);
      const wire = text.slice(from, to);
      from = to;
      if (mayHoldFacts(wire) && this.#readFacts(event.toString()) && this.hidesUsage) {
        changed = true;
        this.#cutAtReturn = to === text.length && wire.endsWith('\r');
        continue;
      }
      const redacted = this.#redact(event, wire);
      changed ||= redacted !== event;
      inspected.push(redacted);
    }
    return changed ? Buffer.concat(inspected) : events;
  }

  #redact(event: Buffer, wire: string): Buffer {
    if (!this.#stream.active && !this.#redactor.suspicious(wire)) return event;
    const text = event.toString();
    const redacted = this.#stream.redact(text);
    return redacted === text ? event : Buffer.from(redacted);
  }

  /** @returns whether it tells the usage and nothing else */
  #readFacts(event: string): boolean {
    const data = dataOf(event);
    const facts = readFacts(data, this.#facts);
    if (facts === this.#facts) return false;
    this.#facts = facts;
    this.#observe(facts);
    return tellsUsageAlone(data);
  }
}

const MAX_EVENT_BYTES = 8 * 1024 ** 2;
const LF = 0x0a;
