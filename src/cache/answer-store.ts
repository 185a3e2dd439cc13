import { MAX_ANSWER } from './answer-recorder.js';

/** Beside its text an entry takes room for its name, its times and where it stands: bytes, about. */
const ENTRY_OVERHEAD = 512;

/** Where Keyv keeps texts for a time, bounded in bytes all together. Failing is its own affair: what cannot be read is not there, what cannot be written is not kept. */
export interface AnswerStore {
  get(key: string): Promise<string | undefined>;
  /** @param ttlMs milliseconds */
  set(key: string, text: string, ttlMs: number): Promise<boolean>;
  delete(key: string): Promise<boolean>;
  clear(): Promise<void>;
  /** Deletes what is too old, where that does not go by itself. Never rejects. */
  cleanUp?(): Promise<void>;
}

/** What an entry takes. Bytes. */
export function sizeOfEntry(text: string): number {
  return Buffer.byteLength(text) + ENTRY_OVERHEAD;
}

/** Whether there is room for an entry, be the store empty. */
export function hasRoom(size: number, maxBytes: number): boolean {
  return size <= Math.min(maxBytes, MAX_ANSWER + ENTRY_OVERHEAD);
}

/** Token of the {@link AnswerStore}. */
export const ANSWER_STORE = Symbol('ANSWER_STORE');
