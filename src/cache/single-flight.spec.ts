import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SingleFlight, type Turn } from './single-flight.js';

interface Made {
  readonly by: number;
}

/** One who asks, and what became of it. */
class Asking {
  readonly abort = new AbortController();
  turn: Turn<Made> | undefined;
  made: Made | undefined;
  gone = false;

  constructor(flights: SingleFlight<Made>, key: string) {
    const first = flights.begin(key);
    if (first) this.turn = first;
    else {
      void flights.wait(key, this.abort.signal, 60_000).then(
        (outcome) => {
          if ('done' in outcome) this.turn = outcome;
          else this.made = outcome;
        },
        () => {
          this.gone = true;
        },
      );
    }
  }

  get waits(): boolean {
    return this.turn === undefined && this.made === undefined && !this.gone;
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const whats = ['ask', 'ask', 'done', 'fail', 'give away', 'leave'] as const;

interface Step {
  readonly what: (typeof whats)[number];
  readonly key: string;
  readonly who: number;
}

/** Those who ask, by the flight that they are on, and what has to be true of them. */
class Model {
  readonly #flights = new SingleFlight<Made>();
  readonly #all: { readonly who: Asking; readonly key: string; readonly flight: number }[] = [];
  readonly #over = new Set<Asking>();
  /** The flights that whoever asks now comes to wait on. */
  readonly #open = new Map<string, number>();
  #last = 0;

  async take({ what, key, who }: Step): Promise<void> {
    if (what === 'ask') await this.#ask(key);
    else if (what === 'leave')
      await this.#leave(
        pick(
          this.#of(key).filter(({ waits }) => waits),
          who,
        ),
      );
    else await this.#end(pick(this.#of(key).filter(this.#makes), who), what, who);
  }

  async end(): Promise<void> {
    for (const { who } of this.#all) who.abort.abort(new Error('the end'));
    await settled();
  }

  async #ask(key: string): Promise<void> {
    const open = this.#open.get(key);
    const flight = open ?? (this.#last += 1);
    this.#open.set(key, flight);
    const who = new Asking(this.#flights, key);
    this.#all.push({ who, key, flight });
    await settled();
    expect([who.turn !== undefined, who.waits]).toEqual([open === undefined, open !== undefined]);
  }

  async #leave(who: Asking | undefined): Promise<void> {
    who?.abort.abort(new Error('gone'));
    await settled();
    expect(who?.gone).not.toBe(false);
  }

  async #end(who: Asking | undefined, what: 'done' | 'fail' | 'give away', by: number): Promise<void> {
    const on = this.#all.find((each) => each.who === who);
    if (!who || !on) return;
    const others = this.#all.filter(({ flight }) => flight === on.flight).map((each) => each.who);
    const waiting = others.filter(({ waits }) => waits);
    await this.#finish(who, what, by);
    // All get what is made; else those who came first go on first.
    const next = { done: 0, fail: 1, 'give away': 2 }[what];
    expect(waiting.map(({ made }) => made?.by)).toEqual(waiting.map(() => (what === 'done' ? by : undefined)));
    expect(waiting.map(({ turn }) => turn !== undefined)).toEqual(waiting.map((_, index) => index < next));
    const made = others.some(this.#makes);
    if (this.#open.get(on.key) === on.flight && (what === 'done' || !made)) this.#open.delete(on.key);
    // Nobody waits for nothing.
    expect(made || !others.some(({ waits }) => waits)).toBe(true);
  }

  async #finish(who: Asking, what: 'done' | 'fail' | 'give away', by: number): Promise<void> {
    this.#over.add(who);
    if (what === 'done') who.turn?.done({ by });
    else who.turn?.pass(what === 'fail' ? 1 : 2);
    await settled();
  }

  #of(key: string): Asking[] {
    return this.#all.filter((each) => each.key === key).map(({ who }) => who);
  }

  readonly #makes = (each: Asking): boolean => each.turn !== undefined && !this.#over.has(each);
}

function pick<T>(all: readonly T[], which: number): T | undefined {
  return all[which % Math.max(1, all.length)];
}

describe(SingleFlight.name, () => {
  it('lets one make it and gives it to all, whatever happens in between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ what: fc.constantFrom(...whats), key: fc.constantFrom('a', 'b'), who: fc.nat(20) }), { maxLength: 40 }), async (steps) => {
        const model = new Model();
        for (const step of steps) await model.take(step);
        await model.end();
      }),
    );
  });

  it('ends a turn once', async () => {
    const flights = new SingleFlight<Made>();
    const turn = flights.begin('k');
    const [one, other] = [new Asking(flights, 'k'), new Asking(flights, 'k')];
    turn?.pass(1);
    turn?.pass(1);
    turn?.done({ by: 1 });
    await settled();
    expect([one.turn?.together, other.waits]).toEqual([false, true]);
    one.turn?.done({ by: 2 });
    await settled();
    expect(other.made).toEqual({ by: 2 });
    expect(flights.begin('k')).toBeDefined();
  });

  it('gives up a wait that takes too long, and one whose client is gone already', async () => {
    const flights = new SingleFlight<Made>();
    flights.begin('k');
    await expect(flights.wait('k', new AbortController().signal, 1)).rejects.toMatchObject({ code: 'timeout' });
    await expect(flights.wait('k', AbortSignal.abort(new Error('gone')), 60_000)).rejects.toThrow('gone');
  });
});
