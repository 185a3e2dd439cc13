/** One event as a client of `text/event-stream` sees it. */
export interface SseEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  readonly data: string;
  /** The last id the stream has named, in this event or before; '' where there was none. */
  readonly id: string;
}

/** An event, or a line, larger than the parser was told to take. The parser is of no use afterwards. */
export class SseEventTooLargeError extends Error {
  override readonly name = 'SseEventTooLargeError';

  constructor(readonly maxEventBytes: number) {
    super(`The event stream holds an event of more than ${maxEventBytes} bytes.`);
  }
}

/**
 * Reads a `text/event-stream` (WHATWG HTML, section 9.2) that arrives in pieces cut anywhere, also within a character or a CRLF.
 * Lines are cut on bytes and decoded whole, so that UTF-8 is never split.
 */
export class SseParser {
  readonly #maxEventBytes: number;
  /** The beginning of a line whose end has not come yet. */
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #eventBytes = 0;
  /** The last byte was a CR: an LF that follows belongs to it. */
  #afterReturn = false;
  #firstLine = true;
  #data: string | undefined;
  #event = '';
  #id = '';
  #retry: number | undefined;

  /** @param maxEventBytes what one event may hold */
  constructor(maxEventBytes = 8 * 1024 ** 2) {
    this.#maxEventBytes = maxEventBytes;
  }

  /** The reconnection time in milliseconds that the stream last asked for. */
  get retry(): number | undefined {
    return this.#retry;
  }

  /**
   * Takes the next bytes, which it may keep, and gives the events that they complete.
   *
   * @throws SseEventTooLargeError
   */
  push(chunk: Uint8Array): SseEvent[] {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const events: SseEvent[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === LF && this.#afterReturn) from = at + 1;
      else if (byte === LF || byte === CR) {
        this.#line(this.#takeLine(bytes, from, at), events);
        from = at + 1;
      }
      this.#afterReturn = byte === CR;
    }
    if (from < bytes.length) this.#keep(bytes.subarray(from));
    return events;
  }

  /** The end of the stream. An event that lacks only its closing blank line counts: not every server writes it. */
  end(): SseEvent[] {
    const events: SseEvent[] = [];
    if (this.#pendingBytes > 0) this.#line(this.#takeLine(EMPTY, 0, 0), events);
    this.#dispatch(events);
    return events;
  }

  #keep(rest: Uint8Array): void {
    this.#pending.push(rest);
    this.#pendingBytes += rest.length;
    this.#checkSize(this.#pendingBytes);
  }

  #takeLine(bytes: Buffer, from: number, end: number): string {
    const length = this.#pendingBytes + end - from;
    this.#checkSize(length);
    let text: string;
    if (this.#pendingBytes === 0) {
      text = bytes.toString('utf8', from, end);
    } else {
      text = Buffer.concat([...this.#pending, bytes.subarray(from, end)]).toString('utf8');
      this.#pending = [];
      this.#pendingBytes = 0;
    }
    // A comment is no part of the event, however many there are.
    if (length > 0 && !text.startsWith(':')) this.#eventBytes += length;
    if (!this.#firstLine) return text;
    this.#firstLine = false;
    return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  }

  #checkSize(lineBytes: number): void {
    if (this.#eventBytes + lineBytes > this.#maxEventBytes) throw new SseEventTooLargeError(this.#maxEventBytes);
  }

  #line(line: string, events: SseEvent[]): void {
    if (line === '') {
      this.#dispatch(events);
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    if (colon < 0) {
      this.#field(line, '');
      return;
    }
    this.#field(line.slice(0, colon), line.slice(line.charCodeAt(colon + 1) === SPACE ? colon + 2 : colon + 1));
  }

  #field(name: string, value: string): void {
    switch (name) {
      case 'data':
        this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
        break;
      case 'event':
        this.#event = value;
        break;
      case 'id':
        if (!value.includes('\0')) this.#id = value;
        break;
      case 'retry':
        if (/^\d+$/.test(value)) this.#retry = Number(value);
        break;
      default:
    }
  }

  #dispatch(events: SseEvent[]): void {
    if (this.#data !== undefined) events.push({ event: this.#event === '' ? 'message' : this.#event, data: this.#data, id: this.#id });
    this.#data = undefined;
    this.#event = '';
    this.#eventBytes = 0;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const BYTE_ORDER_MARK = '\uFEFF';
const EMPTY = Buffer.alloc(0);
