/** What begins a value: whatever stands before it is judged without it. */
const VALUE = '":"';
const EVENT_END = '\n\n';
/** The first chunks of a stream, which the head is learnt of: its very first has a role too. */
const FIRST = 4;
/** Heads that a stream may have after that, one for its words and one for each function, say. */
const MAX_HEADS = 32;
/** Characters. */
const MAX_HEAD = 1024;

/**
 * The chunks of a stream begin alike, up to their words: the stream's id, its time, its model. What was clean in one is clean in the next, so that only what follows
 * is looked at: a third of a chunk of 230 bytes.
 */
export class RepeatedHead {
  #head = '';
  /** How the last chunk began that was looked at whole. */
  #last = '';
  #learnt = 0;

  /**
   * Up to where there is nothing in whole events, one byte a character: the first of them where there is something, or the text's length.
   *
   * @param isClean looks at a part. What it finds may neither go on behind a quote nor begin before `":"` and end behind it
   */
  cleanUntil(events: string, isClean: (part: string) => boolean): number {
    let at = 0;
    while (at < events.length) {
      const known = this.#head !== '' && events.startsWith(this.#head, at);
      const from = known ? at + this.#head.length : at;
      const end = endOf(events, from);
      if (!isClean(events.slice(from, end))) return at;
      if (this.#learnt < (known ? FIRST : MAX_HEADS)) this.#learn(events.slice(at, Math.min(end, at + MAX_HEAD)));
      at = end;
    }
    return at;
  }

  #learn(event: string): void {
    let same = 0;
    while (same < event.length && event.charCodeAt(same) === this.#last.charCodeAt(same)) same++;
    const value = event.lastIndexOf(VALUE, same - VALUE.length);
    if (same >= VALUE.length && value > 0) this.#head = copyOf(event.slice(0, value + VALUE.length));
    this.#last = copyOf(event);
    this.#learnt++;
  }
}

function endOf(events: string, from: number): number {
  const at = events.indexOf(EVENT_END, from);
  return at < 0 ? events.length : at + EVENT_END.length;
}

/** A part of a string would keep all of it in memory. */
function copyOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
