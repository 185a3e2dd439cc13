import { beforeEach, describe, expect, it } from '@jest/globals';
import { type AppServer } from './app-server.js';
import { SpareThreads } from './spare-threads.js';
import { type ThreadKind } from './thread-kind.js';

describe(SpareThreads.name, () => {
  const { signal } = new AbortController();
  let started: string[];
  let fails: boolean;
  let spares: SpareThreads;

  beforeEach(() => {
    started = [];
    fails = false;
    const server = {
      startThread: ({ model, instructions }: ThreadKind): Promise<string> => {
        started.push(`${model}/${instructions}`);
        return fails ? Promise.reject(new Error('no')) : Promise.resolve(`thread-${started.length}`);
      },
    };
    spares = new SpareThreads(server as unknown as AppServer);
  });

  const kind = (instructions: string): ThreadKind => ({ model: 'm', instructions, tools: [] });
  const turn = async (instructions: string): Promise<string> => {
    const id = await spares.take(kind(instructions), signal);
    spares.fill(kind(instructions));
    return id;
  };

  it('makes none ahead of a kind that is asked for once', async () => {
    for (let index = 0; index < 20; index += 1) await turn(`system ${index}`);
    expect(started).toHaveLength(20);
  });

  it('has one ready of a kind that is asked for again, and of that kind alone', async () => {
    expect([await turn('a'), await turn('a')]).toEqual(['thread-1', 'thread-2']);
    expect(started).toHaveLength(3);
    expect([await turn('b'), await turn('a')]).toEqual(['thread-4', 'thread-3']);
    expect(started).toEqual(['m/a', 'm/a', 'm/a', 'm/b', 'm/a']);
  });

  it('gives one to one turn alone', async () => {
    await turn('a');
    await turn('a');
    const taken = await Promise.all([1, 2, 3].map(() => spares.take(kind('a'), signal)));
    expect(new Set(taken).size).toBe(3);
  });

  it('forgets kinds that nobody asked for of late', async () => {
    await turn('a');
    for (const other of ['b', 'c', 'd', 'e']) await turn(other);
    await turn('a');
    expect(started.filter((each) => each === 'm/a')).toHaveLength(2);
  });

  it('does without one that did not start', async () => {
    await turn('a');
    await spares.take(kind('a'), signal);
    fails = true;
    spares.fill(kind('a'));
    await Promise.resolve();
    fails = false;
    await new Promise(setImmediate);
    await expect(spares.take(kind('a'), signal)).resolves.toMatch(/^thread-/);
  });
});
