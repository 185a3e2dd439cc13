import { LRUCache } from 'lru-cache';
import { type AnswerStore, hasRoom, sizeOfEntry } from './answer-store.js';

/** Answers in this process's memory: the longest unused ones go. As bytes, since a character of a text may take one or two. */
export class MemoryStore implements AnswerStore {
  readonly #entries: LRUCache<string, Buffer>;

  /** @param maxBytes of all entries together */
  constructor(private readonly maxBytes: number) {
    this.#entries = new LRUCache({ maxSize: maxBytes });
  }

  /** Bytes that all entries take. */
  get size(): number {
    return this.#entries.calculatedSize;
  }

  get(key: string): Promise<string | undefined> {
    return Promise.resolve(this.#entries.get(key)?.toString());
  }

  set(key: string, text: string, ttlMs: number): Promise<boolean> {
    const size = sizeOfEntry(text);
    const fits = hasRoom(size, this.maxBytes);
    if (fits) this.#entries.set(key, Buffer.from(text), { ttl: ttlMs, size });
    return Promise.resolve(fits);
  }

  delete(key: string): Promise<boolean> {
    return Promise.resolve(this.#entries.delete(key));
  }

  clear(): Promise<void> {
    this.#entries.clear();
    return Promise.resolve();
  }

  cleanUp(): Promise<void> {
    this.#entries.purgeStale();
    return Promise.resolve();
  }
}
