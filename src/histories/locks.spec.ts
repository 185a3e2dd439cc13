import { describe, expect, it } from '@jest/globals';
import { Locks, type LockWait } from './locks.js';

const waiting = (change: Partial<LockWait> = {}): LockWait => ({ signal: new AbortController().signal, timeoutMs: 10_000, busy: () => new Error('busy'), ...change });

describe(Locks.name, () => {
  it('gives one at a time, in the order in which they came, each name for itself', async () => {
    const locks = new Locks(10);
    const order: number[] = [];
    const first = await locks.acquire('a', waiting());
    const others = [1, 2, 3].map(async (number) => {
      const release = await locks.acquire('a', waiting());
      order.push(number);
      await Promise.resolve();
      release();
    });
    (await locks.acquire('b', waiting()))();
    expect([order, locks.held]).toEqual([[], ['a']]);
    first();
    first();
    await Promise.all(others);
    expect([order, locks.held, locks.isHeld('a')]).toEqual([[1, 2, 3], [], false]);
  });

  it('lets the next one in where one has given up', async () => {
    const locks = new Locks(10);
    const first = await locks.acquire('a', waiting());
    const abort = new AbortController();
    const left = locks.acquire('a', waiting({ signal: abort.signal }));
    const next = locks.acquire('a', waiting());
    abort.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(locks.acquire('a', waiting({ signal: abort.signal }))).rejects.toThrow('gone');
    first();
    (await next)();
    expect(locks.held).toEqual([]);
  });

  it('refuses after a while, and at once where too many wait', async () => {
    const locks = new Locks(1);
    const first = await locks.acquire('a', waiting());
    const late = locks.acquire('a', waiting({ timeoutMs: 20 }));
    await expect(locks.acquire('a', waiting())).rejects.toThrow('busy');
    await expect(late).rejects.toThrow('busy');
    first();
    (await locks.acquire('a', waiting()))();
  });
});
