import { type CompiledQuery, type DatabaseConnection, type QueryResult } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long statements wait for another process of the same data folder. Milliseconds. */
export const LOCKED_MS = 2000;
/** Between the tries, doubled each time. Milliseconds. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;
/** When nothing was found locked for so long, it is another lock. Milliseconds. */
const NEW_LOCK_MS = 1000;

/** `SQLITE_BUSY`, whatever kind. */
function isLocked(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === 5;
}

/**
 * A connection to SQLite that does not wait for another process's lock within a statement, since nothing else would go on meanwhile: it tries again, with pauses. One
 * lock is waited for once, for all statements together: who comes when that time is over is told at once.
 */
export class PatientConnection implements DatabaseConnection {
  #lockedSince = 0;
  #lockedAt = -Infinity;

  constructor(private readonly connection: DatabaseConnection) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    for (let pause = FIRST_PAUSE_MS, waited = false; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS), waited = true) {
      try {
        const result = await this.connection.executeQuery<R>(query);
        if (waited) this.#lockedAt = -Infinity; // that lock is gone: the next one is another
        return result;
      } catch (error) {
        if (!isLocked(error) || !this.#mayWait()) throw error;
      }
      await sleep(pause);
    }
  }

  streamQuery<R>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<R>> {
    return this.connection.streamQuery<R>(query, chunkSize);
  }

  #mayWait(): boolean {
    const now = performance.now();
    if (now - this.#lockedAt > NEW_LOCK_MS) this.#lockedSince = now;
    this.#lockedAt = now;
    return now - this.#lockedSince < LOCKED_MS;
  }
}
