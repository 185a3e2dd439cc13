import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { type TurnSlot, type TurnSlotLimits, TurnSlots } from './turn-slots.js';
import { GatewayError } from '../kernel/gateway-error.js';

const never = new AbortController().signal;
const settle = (): Promise<unknown> => jest.advanceTimersByTimeAsync(0);

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('TurnSlots', () => {
  it('lets owners take turns, and each owner in order', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 10, queueTimeoutMs: 1000 });
    const served: string[] = [];
    const serve = async (owner: string, name: string): Promise<void> => {
      const slot = await slots.acquire(owner, never);
      served.push(name);
      await settle();
      slot.release();
    };
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => serve(name.charAt(0), name));
    for (let turn = 0; turn < 10; turn += 1) await settle();
    await Promise.all(all);
    expect(served).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('lets background turns wait until nobody else does, for as long as they like, in turns of their own', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 1000 });
    const served: string[] = [];
    const serve = async (name: string, wait: Promise<TurnSlot>): Promise<void> => {
      const slot = await wait;
      served.push(name);
      await settle();
      slot.release();
    };
    const first = await slots.acquire('a', never);
    const background = ['x1', 'x2', 'x3', 'y1'].map((name) => serve(name, slots.acquireLast(name.charAt(0), never, 100_000)));
    await jest.advanceTimersByTimeAsync(50_000);
    expect(slots.queued).toBe(0);
    const ordinary = serve('b1', slots.acquire('b', never));
    first.release();
    for (let turn = 0; turn < 10; turn += 1) await settle();
    await Promise.all([...background, ordinary]);
    expect(served).toEqual(['b1', 'x1', 'y1', 'x2', 'x3']);
    expect(slots.active).toBe(0);
  });

  it('keeps a slot free of background turns where there is more than one', async () => {
    const slots = new TurnSlots({ max: 2, queueDepth: 1, queueTimeoutMs: 1000 });
    const held = await slots.acquireLast('x', never, 100_000);
    const second = slots.acquireLast('y', never, 100_000);
    await settle();
    expect(slots.active).toBe(1);
    const ordinary = await slots.acquire('a', never);
    ordinary.release();
    expect(slots.active).toBe(1);
    held.release();
    (await second).release();
    expect(slots.active).toBe(0);
  });

  it('lets one overdue background turn go first, and no second one right behind it', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 5, queueTimeoutMs: 100_000 });
    const first = await slots.acquire('a', never);
    const background = ['x', 'y'].map((owner) => slots.acquireLast(owner, never, 100_000));
    await jest.advanceTimersByTimeAsync(61_000);
    const order: string[] = [];
    const ordinary = slots.acquire('b', never);
    const all = [...background, ordinary].map(async (wait, index) => {
      const slot = await wait;
      order.push(['x', 'y', 'b'][index] ?? '');
      slot.release();
    });
    first.release();
    await Promise.all(all);
    expect([order, slots.active]).toEqual([['x', 'b', 'y'], 0]);
  });

  it('ends the wait of a background turn by its patience, its signal and a shutdown', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 1000 });
    const slot = await slots.acquire('a', never);
    const abort = new AbortController();
    const waits = [
      expect(slots.acquireLast('x', never, 500)).rejects.toMatchObject({ code: 'timeout', retryAfter: expect.any(Number) }),
      expect(slots.acquireLast('x', abort.signal, 5000)).rejects.toThrow('gone'),
      expect(slots.acquireLast('y', never, 5000)).rejects.toMatchObject({ code: 'shutting_down' }),
    ];
    abort.abort(new Error('gone'));
    await jest.advanceTimersByTimeAsync(500);
    slots.close();
    await Promise.all(waits);
    slot.release();
    expect(slots.active).toBe(0);
  });

  it('gives a slot back once, however often it is released', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 10, queueTimeoutMs: 1000 });
    const first = await slots.acquire('a', never);
    first.release();
    const second = await slots.acquire('a', never);
    first.release();
    expect(slots.active).toBe(1);
    second.release();
    expect(slots.active).toBe(0);
  });

  it('refuses at once when the queue is full, and after the wait', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 1, queueTimeoutMs: 1000 });
    const slot = await slots.acquire('a', never);
    const late = expect(slots.acquire('b', never)).rejects.toMatchObject({ code: 'timeout' });
    await expect(slots.acquire('c', never)).rejects.toMatchObject({ code: 'queue_full', retryAfter: expect.any(Number) });
    await jest.advanceTimersByTimeAsync(1000);
    await late;
    expect([slots.active, slots.queued]).toEqual([1, 0]);
    slot.release();
    expect(slots.active).toBe(0);
  });

  it('makes room in a full queue for who has fewer places than the owner of the most', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 4, queueTimeoutMs: 1000 });
    const slot = await slots.acquire('a', never);
    const outcome: Record<string, string> = {};
    const queue = (name: string): Promise<void> =>
      slots.acquire(name.charAt(0), never).then(
        (granted) => {
          outcome[name] = 'served';
          granted.release();
        },
        (error: unknown) => {
          outcome[name] = (error as GatewayError).code;
        },
      );
    const all = ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'b3', 'c1', 'd1'].map(queue);
    await settle();
    expect([slots.queued, outcome]).toEqual([4, { a5: 'queue_full', a4: 'queue_full', a3: 'queue_full', b3: 'queue_full', a2: 'queue_full', b2: 'queue_full' }]);
    slot.release();
    await Promise.all(all);
    expect(Object.entries(outcome).flatMap(([name, how]) => (how === 'served' ? [name] : []))).toEqual(['a1', 'b1', 'c1', 'd1']);
  });

  it('grants an owner so many at once, and the others what is left', async () => {
    const slots = new TurnSlots({ max: 2, perOwner: 1, queueDepth: 10, queueTimeoutMs: 1000 }, 'thread');
    const first = await slots.acquire('a', never);
    const second = slots.acquire('a', never);
    const other = await slots.acquire('b', never);
    const third = slots.acquire('c', never);
    other.release();
    (await third).release();
    expect([slots.active, slots.queued]).toEqual([1, 1]);
    first.release();
    (await second).release();
    expect([slots.active, slots.queued]).toEqual([0, 0]);
  });

  it('refuses those that wait and those that come when it is closed', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 5, queueTimeoutMs: 1000 });
    const slot = await slots.acquire('a', never);
    const waiting = expect(slots.acquire('b', never)).rejects.toMatchObject({ code: 'shutting_down' });
    slots.close();
    await waiting;
    await expect(slots.acquire('a', never)).rejects.toMatchObject({ code: 'shutting_down' });
    slot.release();
    expect([slots.active, slots.queued, jest.getTimerCount()]).toEqual([0, 0, 0]);
  });

  it('leaves no trace of a wait that was given up', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 5, queueTimeoutMs: 1000 });
    await expect(slots.acquire('a', AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    const slot = await slots.acquire('a', never);
    const abort = new AbortController();
    const waiting = expect(slots.acquire('b', abort.signal)).rejects.toThrow('left');
    abort.abort(new Error('left'));
    await waiting;
    expect([slots.queued, jest.getTimerCount()]).toEqual([0, 0]);
    slot.release();
    expect(slots.active).toBe(0);
  });

  it('cares no more for the signal of a slot that was granted', async () => {
    const slots = new TurnSlots({ max: 1, queueDepth: 5, queueTimeoutMs: 1000 });
    const first = await slots.acquire('a', never);
    const abort = new AbortController();
    const waiting = slots.acquire('b', abort.signal);
    first.release();
    abort.abort();
    const second = await waiting;
    expect([slots.active, slots.queued]).toEqual([1, 0]);
    second.release();
    expect([slots.active, slots.queued]).toEqual([0, 0]);
  });

  it('is never over its maximum, loses no slot and no wait, and serves no wait twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), fc.nat(4), fc.array(operation, { maxLength: 60 }), async (max, queueDepth, operations) => {
        const load = new Load({ max, queueDepth, queueTimeoutMs: 1000 });
        for (const step of operations) {
          await load.perform(step);
          load.check();
        }
        await load.releaseAll();
        expect([load.slots.active, load.slots.queued, jest.getTimerCount()]).toEqual([0, 0, 0]);
        expect(load.requests.every(({ settled }) => settled === 1)).toBe(true);
        expect(load.refusals.filter(([code, expected]) => code !== expected)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('acquire' as const), owner: fc.constantFrom('a', 'b', 'c') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1500 }) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

interface Request {
  readonly owner: string;
  readonly abort: AbortController;
  readonly since: number;
  state: 'waiting' | 'refused' | 'held' | 'released';
  settled: number;
  /** It was once the last of the owner with the most places, when another needed one. */
  mayGoWithoutPlace?: boolean;
  slot?: TurnSlot;
}

/** Requests as they come, and what must be true of them. */
class Load {
  readonly requests: Request[] = [];
  /** The code of each, and the one it should have. */
  readonly refusals: [string, string][] = [];
  readonly slots: TurnSlots;

  constructor(private readonly limits: TurnSlotLimits) {
    this.slots = new TurnSlots(limits);
  }

  async perform(step: Operation): Promise<void> {
    if (step.do === 'acquire') this.#acquire(step.owner);
    else if (step.do === 'wait') await jest.advanceTimersByTimeAsync(step.ms);
    else if (step.do === 'abort') this.#at(step.which)?.abort.abort();
    else this.#release(this.#at(step.which));
    await settle();
  }

  check(): void {
    const { max, queueDepth, queueTimeoutMs } = this.limits;
    expect(this.slots.active).toBe(this.#count('held'));
    expect(this.slots.queued).toBe(this.#count('waiting'));
    expect(this.slots.active).toBeLessThanOrEqual(max);
    expect(this.slots.queued).toBeLessThanOrEqual(queueDepth);
    // Nobody waits beside a free slot, and nobody for longer than agreed.
    if (this.slots.queued > 0) expect(this.slots.active).toBe(max);
    expect(this.requests.filter(({ state, since }) => state === 'waiting' && Date.now() - since >= queueTimeoutMs)).toEqual([]);
  }

  async releaseAll(): Promise<void> {
    for (let held = this.#held(); held; held = this.#held()) {
      this.#release(held);
      await settle();
    }
  }

  #acquire(owner: string): void {
    const full = this.#count('held') === this.limits.max && this.#count('waiting') === this.limits.queueDepth;
    const refused = full && !this.#othersHaveMore(owner);
    const abort = new AbortController();
    const request: Request = { owner, abort, since: Date.now(), state: 'waiting', settled: 0 };
    const expected = (code: string): string => {
      if (refused || (code === 'queue_full' && request.mayGoWithoutPlace)) return 'queue_full';
      return abort.signal.aborted ? 'aborted' : 'timeout';
    };
    this.requests.push(request);
    this.slots.acquire(owner, abort.signal).then(
      (slot) => Object.assign(request, { state: 'held', slot, settled: request.settled + 1 }),
      (error: unknown) => {
        Object.assign(request, { state: 'refused', settled: request.settled + 1 });
        const code = error instanceof GatewayError ? error.code : 'aborted';
        this.refusals.push([code, expected(code)]);
      },
    );
  }

  /** Whether another owner has a place to give, and whose it may be. */
  #othersHaveMore(owner: string): boolean {
    const waiting = Map.groupBy(
      this.requests.filter(({ state }) => state === 'waiting'),
      (request) => request.owner,
    );
    const most = Math.max(0, ...[...waiting.values()].map(({ length }) => length));
    if (most <= (waiting.get(owner)?.length ?? 0) + 1) return false;
    for (const requests of waiting.values()) if (requests.length === most) requests.at(-1)!.mayGoWithoutPlace = true;
    return true;
  }

  /** Also of one that was released before. */
  #release(request: Request | undefined): void {
    if (!request?.slot) return;
    request.slot.release();
    request.state = 'released';
  }

  #at(which: number): Request | undefined {
    return this.requests[which % Math.max(1, this.requests.length)];
  }

  #held(): Request | undefined {
    return this.requests.find(({ state }) => state === 'held');
  }

  #count(state: Request['state']): number {
    return this.requests.filter((request) => request.state === state).length;
  }
}
