import { type OwnerCalls, type RouteQuestion } from './calls.js';
import { type Channel } from './channel.js';
import { type ModelId } from '../kernel/model-id.js';

/** So long an answer holds: what providers list and whether they are up changes by itself. Milliseconds. */
const FRESH_MS = 1000;
/** Clients name models as they like: beyond it all is asked anew. */
const MAX_KNOWN = 1000;

interface Known {
  readonly target: ModelId | null;
  readonly until: number;
}

/** Who serves what, by the owner's word. */
export class LaneRoutes {
  readonly #known = new Map<string, Known>();
  /** Counts what was forgotten: an answer that was on its way then is too old. */
  #age = 0;

  constructor(private readonly owner: Pick<Channel<OwnerCalls>, 'ask'>) {}

  /** No promise where it is known. Never rejects. */
  find(question: RouteQuestion): ModelId | null | Promise<ModelId | null> {
    const { client, format, model, claudeMode, headerProvider, bodyProvider } = question;
    const key = JSON.stringify([client, format, model, claudeMode, headerProvider, bodyProvider]);
    const known = this.#known.get(key);
    return known && performance.now() < known.until ? known.target : this.#ask(key, question);
  }

  forget(): void {
    this.#age += 1;
    this.#known.clear();
  }

  async #ask(key: string, question: RouteQuestion): Promise<ModelId | null> {
    const age = this.#age;
    const target = await this.owner.ask('route', question).catch(() => null);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    if (age === this.#age) this.#known.set(key, { target, until: performance.now() + FRESH_MS });
    return target;
  }
}
