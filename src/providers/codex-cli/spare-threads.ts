import { type AppServer } from './app-server.js';
import { type ThreadKind } from './thread-kind.js';

/** Kinds of threads of which one waits. */
const MAX_KINDS = 4;

/**
 * Threads made ahead, so that a turn need not wait for one: of the kinds that were asked for last, more than once. A thread's instructions cannot be changed any
 * more, and one that is never used costs its process as much as another.
 */
export class SpareThreads {
  /** By kind, the one that was asked for last at the end. */
  readonly #spares = new Map<string, Promise<string> | undefined>();
  /** Kinds that were asked for again while they were remembered. */
  readonly #wanted = new Set<string>();

  constructor(private readonly server: AppServer) {}

  /** One that waits, else a new one. Resolves with its id. */
  take(wanted: ThreadKind, signal: AbortSignal): Promise<string> {
    const kind = JSON.stringify(wanted);
    const spare = this.#spares.get(kind);
    if (this.#spares.delete(kind)) this.#wanted.add(kind);
    this.#spares.set(kind, undefined);
    if (this.#spares.size > MAX_KINDS) this.#forgetOldest();
    return spare ?? this.server.startThread(wanted, signal);
  }

  /** Makes one, where none waits: when there is nothing more urgent. */
  fill(wanted: ThreadKind): void {
    const kind = JSON.stringify(wanted);
    if (!this.#wanted.has(kind) || this.#spares.get(kind) !== undefined) return;
    const spare = this.server.startThread(wanted);
    this.#spares.set(kind, spare);
    spare.catch(() => {
      if (this.#spares.get(kind) === spare) this.#forget(kind);
    });
  }

  #forgetOldest(): void {
    const [oldest] = this.#spares.keys();
    if (oldest !== undefined) this.#forget(oldest);
  }

  #forget(kind: string): void {
    this.#spares.delete(kind);
    this.#wanted.delete(kind);
  }
}
