/** What a server says when it is asked for its models. `unlisted`: it has no list. `refused`: the key is bad. */
export type ListAnswer = readonly string[] | 'unlisted' | 'refused';

/** What the last attempt found out. `slow`: the answer took too long. */
export type ListState = 'listed' | 'unlisted' | 'refused' | 'unreachable' | 'slow';

/** In milliseconds: how long a list is good, when a failed attempt is repeated, and how long an answer may take. */
export interface ListTimes {
  readonly ageMs: number;
  readonly retryMs: number;
  readonly timeoutMs: number;
}

/**
 * The models of a server, known from memory and asked for in the background. An outage does not make it forget.
 *
 * @param read asks the server; rejects where it cannot be reached, and when the signal says that it takes too long
 */
export class ModelList {
  #models: readonly string[] = [];
  #state: ListState | undefined;
  #present = false;
  #dueAt = -Infinity;
  #running: Promise<void> | undefined;

  constructor(
    private readonly read: (signal: AbortSignal) => Promise<ListAnswer>,
    private readonly times: ListTimes,
    private readonly onFailure: (error: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** The last good list; empty where there was none yet. */
  get models(): readonly string[] {
    return this.#models;
  }

  /** Undefined before the first attempt. */
  get state(): ListState | undefined {
    return this.#state;
  }

  /** Whether a server that lists its models is there, by its latest word: an answer that takes long says nothing new. */
  get present(): boolean {
    return this.#present;
  }

  /** Asks again in the background where the list has grown old. */
  touch(): void {
    if (this.#running === undefined && this.now() >= this.#dueAt) void this.refresh();
  }

  /** Asks now; who comes while an answer is awaited awaits the same. Never rejects. */
  refresh(): Promise<void> {
    this.#running ??= this.#refresh().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #refresh(): Promise<void> {
    const signal = AbortSignal.timeout(this.times.timeoutMs);
    try {
      this.#learn(await this.read(signal));
    } catch (error) {
      this.#state = signal.aborted ? 'slow' : 'unreachable';
      if (!signal.aborted) this.#present = false;
      this.onFailure(error);
    }
    const known = this.#state === 'listed' || this.#state === 'unlisted';
    this.#dueAt = this.now() + (known ? this.times.ageMs : this.times.retryMs);
  }

  #learn(answer: ListAnswer): void {
    this.#present = typeof answer !== 'string';
    this.#state = typeof answer === 'string' ? answer : 'listed';
    if (typeof answer !== 'string') this.#models = answer;
  }
}
