/** Keeps the last bytes of a stream: at most twice `limit` in memory, `limit` to read. */
export class TailBuffer {
  #parts: Buffer[] = [];
  #size = 0;

  constructor(private readonly limit: number) {}

  push(chunk: Buffer): void {
    this.#parts.push(chunk);
    this.#size += chunk.length;
    // A chunk may be one byte: the number of parts is bounded too.
    if (this.#size > 2 * this.limit || this.#parts.length > 256) this.#compact();
  }

  toString(): string {
    this.#compact();
    return this.#parts[0]?.toString('utf8') ?? '';
  }

  #compact(): void {
    const tail = Buffer.from(Buffer.concat(this.#parts).subarray(-this.limit));
    this.#parts = [tail];
    this.#size = tail.length;
  }
}
