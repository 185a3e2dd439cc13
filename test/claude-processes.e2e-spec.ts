import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Subscription } from 'rxjs';
import { findInstalledCli } from './support/installed-cli.js';
import { assistant, ClaudeHarness, mock, turnsOf, user } from './support/claude-harness.js';
import { eventually } from './support/eventually.js';
import { type Child } from '../src/process-pool/child.js';
import { ExclusivePool } from '../src/process-pool/exclusive-pool.js';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;

withCli('processes of the real Claude Code CLI', () => {
  jest.setTimeout(30_000);
  let at: ClaudeHarness;

  beforeAll(async () => {
    at = await ClaudeHarness.start(bin!);
  });

  afterAll(async () => {
    await at.close();
  });

  afterEach(() => {
    at.vendor.requests.length = 0;
  });

  const gone = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return false;
    } catch {
      return true;
    }
  };

  it('a client that leaves closes the call to the vendor and ends the process', async () => {
    const own = at.open();
    const { aborted } = at.vendor.stats;
    const launch = jest.spyOn(ExclusivePool.prototype, 'take');
    await new Promise<void>((resolve) => {
      const subscription: Subscription = own.claude.stream(at.turn([user(`x ${mock({ words: 500, delay: 20 })}`)])).subscribe((event) => {
        if (event.type !== 'text-delta') return;
        setTimeout(() => {
          subscription.unsubscribe();
          resolve();
        }, 0);
      });
    });
    const { pid } = await (launch.mock.results.at(-1)!.value as Promise<Child>);
    launch.mockRestore();
    await eventually(() => at.vendor.stats.aborted > aborted && at.vendor.stats.open === 0);
    await eventually(() => gone(pid));
    expect(own.pool.slots.active).toBe(0);
    await own.pool.drain();
  });

  it('the next turn goes to the process that knows the conversation, and continues it to the byte', async () => {
    const launched = jest.spyOn(ExclusivePool.prototype, 'take');
    const first = user('/one @/etc/hostname ');
    const { text } = await at.ask([first], { system: ['S'] });
    const kept = at.pool.live.size;
    expect(kept).toBeGreaterThan(0);
    const second = await at.ask([first, assistant(text), user('two '), user('2')], { system: ['S'] });
    expect(second.text).toContain('You said: 2');
    const third = await at.ask([first, assistant(text), user('two '), user('2'), assistant(second.text), user('three')], { system: ['S'], maxOutputTokens: 55 });
    expect(third.text).toContain('three');
    const [one, two, three] = at.calls;
    expect(turnsOf(two).slice(0, 1)).toEqual(turnsOf(one));
    expect(turnsOf(three).slice(0, 3)).toEqual(turnsOf(two).slice(0, 3));
    expect(turnsOf(three).map(([role]) => role)).toEqual(['user', 'assistant', 'user', 'assistant', 'user']);
    expect(three!.body.max_tokens).toBe(55);
    expect(two!.body.max_tokens).not.toBe(55);
    expect(at.pool.live.size).toBe(kept);
    expect(at.vendor.requests).toHaveLength(3);
    expect(launched).toHaveBeenCalledTimes(1);
    launched.mockRestore();
  });

  it('a replay on another process gives the same roles and texts', async () => {
    const messages = [user('one'), assistant('Hello from the mock. You said: one'), user('two'), assistant('second'), user('three')];
    await at.ask(messages, { system: ['S'] });
    expect(turnsOf(at.calls[0])).toEqual([
      ['user', 'one'],
      ['assistant', 'Hello from the mock. You said: one'],
      ['user', 'two'],
      ['assistant', 'second'],
      ['user', 'three'],
    ]);
  });

  it('a process that died meanwhile costs no error', async () => {
    const { text } = await at.ask([user('mortal')]);
    const key = at.turn([user('mortal'), assistant(text), user('next')]).affinity.resumeKey!;
    const child = at.pool.live.take(key)!;
    at.pool.live.keep(key, child);
    process.kill(child.pid, 'SIGKILL');
    expect(await at.ask([user('mortal'), assistant(text), user('next')])).toMatchObject({ text: expect.stringContaining('next'), reason: 'stop' });
    expect(turnsOf(at.calls.at(-1))).toHaveLength(3);
    await eventually(() => gone(child.pid));
  });

  it('no slot and no process is left when all is over', async () => {
    expect(at.pool.slots.active).toBe(0);
    expect(at.vendor.stats.open).toBe(0);
    await at.pool.drain();
    expect(at.pool.live.size).toBe(0);
  });
});
