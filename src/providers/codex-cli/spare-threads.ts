import { type AppServer } from './app-server.js';

/** Kinds of threads of which one waits. */
const MAX_KINDS = 4;

/** Threads made ahead, so that a turn need not wait for one: of the kinds that were asked for last. A thread's instructions cannot be changed any more. */
export class SpareThreads {
  /** By model and instructions, the one that was asked for last at the end. */
  readonly #spares = new Map<string, Promise<string> | undefined>();

  constructor(private readonly server: AppServer) {}

  /** One that waits, else a new one. Resolves with its id. */
  take(model: string, instructions: string, signal: AbortSignal): Promise<string> {
    const kind = kindOf(model, instructions);
    const spare = this.#spares.get(kind);
    this.#spares.delete(kind);
    this.#spares.set(kind, undefined);
    if (this.#spares.size > MAX_KINDS) this.#spares.delete(this.#spares.keys().next().value ?? '');
    return spare ?? this.server.startThread(model, instructions, signal);
  }

  /** Makes one, where none waits: when there is nothing more urgent. */
  fill(model: string, instructions: string): void {
    const kind = kindOf(model, instructions);
    if (this.#spares.get(kind) !== undefined) return;
    const spare = this.server.startThread(model, instructions);
    this.#spares.set(kind, spare);
    spare.catch(() => {
      if (this.#spares.get(kind) === spare) this.#spares.delete(kind);
    });
  }
}

function kindOf(model: string, instructions: string): string {
  return JSON.stringify([model, instructions]);
}
