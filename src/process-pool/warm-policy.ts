/** What is fixed for the spares of one program. Milliseconds. */
export interface WarmRules {
  /** The most that wait. */
  readonly max: number;
  /** How long the program takes to start. */
  readonly warmAfterMs: number;
  /** How long after a take the start of a successor waits. */
  readonly refillDelayMs: number;
  /** A spare so old is replaced. */
  readonly maxAgeMs: number;
}

/** How things stand. Times are of one clock, in milliseconds. */
export interface WarmView {
  readonly now: number;
  /** How old each waiting process is, the oldest first. */
  readonly ages: readonly number[];
  /** When a process of this program was last started, for whatever end. */
  readonly lastStart: number;
  readonly lastTake: number;
  /** The last take, or when the program began to be kept warm. */
  readonly lastUse: number;
  /** After a start that failed: none before then. */
  readonly notBefore: number;
  /** How many are to wait, of {@link Demand}. */
  readonly wanted: number;
  /** Whether a turn runs, of whichever provider. */
  readonly busy: boolean;
  /** Bytes that are free beside one spare more. */
  readonly room: number;
}

/** What is to be done now: one thing, and then to look again. */
export type WarmStep =
  | { readonly do: 'start' }
  /** The oldest is one too many. */
  | { readonly do: 'end' }
  | { readonly do: 'wait'; readonly ms: number };

/** The crowd that is remembered counts half after so long: a burst that comes twice an hour finds its spares. */
const HALF_LIFE_MS = 30 * 60_000;
/** Who has asked for none for so long may wait for one. */
const FORGOTTEN_MS = 24 * 3_600_000;
/** Memory that stays free. */
const FLOOR_BYTES = 128 * 1024 ** 2;
/** Of a program's start, what keeps a core busy: the next one waits for that. */
const BUSY_SHARE = 0.5;
/** Where something stands in the way that has no time: between two looks. */
const LOOK_MS = 5000;
/** Between two looks at what the time alone changes. */
const IDLE_LOOK_MS = 60_000;

/** Learns from the takes how many spares are wanted: as many as were taken lately within the time that one takes to be made. */
export class Demand {
  /** Takes within the last moments: each fades as a successor of it is made. */
  #crowd = 0;
  #peak = 0;
  #at = 0;
  readonly #makingMs: number;

  /** @param makingMs from a take until its successor is ready */
  constructor(makingMs: number) {
    this.#makingMs = makingMs;
  }

  taken(now: number): void {
    const crowd = this.#crowd * Math.exp((this.#at - now) / this.#makingMs) + 1;
    this.#peak = Math.max(crowd, this.#fading(now));
    this.#crowd = crowd;
    this.#at = now;
  }

  /** At least one, for the next who comes alone. */
  wanted(now: number): number {
    return Math.max(1, Math.round(this.#fading(now)));
  }

  #fading(now: number): number {
    return this.#peak * 2 ** ((this.#at - now) / HALF_LIFE_MS);
  }
}

/**
 * Decides on the spares of one program. Starts come one at a time, and not in the first moments of a turn, whose own start they would slow down. An old spare serves until its successor is ready, which is
 * made while nobody's turn runs. Where memory is short none is made. A figure for each choice: bench/results-warm.md.
 */
export function nextStep(rules: WarmRules, view: WarmView): WarmStep {
  const wanted = view.now - view.lastUse >= FORGOTTEN_MS ? 0 : Math.min(view.wanted, rules.max);
  if (isOneTooMany(wanted, rules, view)) return { do: 'end' };
  const fresh = view.ages.filter((age) => age < rules.maxAgeMs).length;
  if (fresh >= wanted) return { do: 'wait', ms: Math.min(IDLE_LOOK_MS, ...view.ages.map((age) => nextChange(age, rules))) };
  const wait = Math.max(view.lastTake + rules.refillDelayMs, view.lastStart + rules.warmAfterMs * BUSY_SHARE, view.notBefore) - view.now;
  if (wait >= 1) return { do: 'wait', ms: wait };
  const renewal = view.ages.length >= wanted;
  if ((renewal && view.busy) || view.room < FLOOR_BYTES) return { do: 'wait', ms: LOOK_MS };
  return { do: 'start' };
}

/** Whether there are enough without the oldest, and ready. */
function isOneTooMany(wanted: number, { warmAfterMs }: WarmRules, { ages }: WarmView): boolean {
  return ages.length > wanted && ages.slice(1).filter((age) => age >= warmAfterMs).length >= wanted;
}

/** How long until the spare is ready, then until it is old. */
function nextChange(age: number, { warmAfterMs, maxAgeMs }: WarmRules): number {
  return [warmAfterMs - age, maxAgeMs - age].find((ms) => ms > 0) ?? Infinity;
}
