const LF = 0x0a;
const CR = 0x0d;

/** Cuts bytes into lines at LF or CRLF. Bytes are decoded a whole line at a time, so that a character is never cut. Blank lines are dropped. */
export class LineSplitter {
  #parts: Buffer[] = [];
  #length = 0;
  /** The rest of the current line belongs to nobody. */
  #skipping = false;

  /** @param maxLength bytes of one line */
  constructor(private readonly maxLength: number) {}

  /** Gives every line that the chunk completes. False: a line is too long; the splitter is of no use any more. */
  push(chunk: Buffer, emit: (line: string) => void): boolean {
    let start = 0;
    for (let end = chunk.indexOf(LF); end !== -1; end = chunk.indexOf(LF, start)) {
      if (!this.#add(chunk.subarray(start, end))) return false;
      this.flush(emit);
      start = end + 1;
    }
    return this.#add(chunk.subarray(start));
  }

  /** As `push` for lines that nobody reads: nothing is kept. */
  discard(chunk: Buffer): void {
    this.restart();
    if (chunk.length > 0) this.#skipping = chunk[chunk.length - 1] !== LF;
  }

  /** From here on only lines that have not begun yet. */
  restart(): void {
    this.#skipping ||= this.#length > 0;
    this.#clear();
  }

  /** Gives the line that has begun, as at the end of the input. */
  flush(emit: (line: string) => void): void {
    const line = this.#skipping ? '' : this.#decode();
    this.#skipping = false;
    this.#clear();
    if (line !== '') emit(line);
  }

  #add(part: Buffer): boolean {
    if (part.length === 0 || this.#skipping) return true;
    this.#length += part.length;
    if (this.#length > this.maxLength) return false;
    this.#parts.push(part);
    return true;
  }

  #decode(): string {
    const [only] = this.#parts;
    const bytes = this.#parts.length === 1 && only !== undefined ? only : Buffer.concat(this.#parts);
    return bytes.toString('utf8', 0, bytes.at(-1) === CR ? bytes.length - 1 : bytes.length);
  }

  #clear(): void {
    this.#parts = [];
    this.#length = 0;
  }
}
