import { describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { RecentOverviews } from './recent-overviews.js';
import { type Overview, type OverviewQuestion, type UsageOverview } from '../usage/usage-overview.js';

const HOUR_MS = 3_600_000;
const question = (from: number, client?: string): OverviewQuestion => ({ from, to: from + HOUR_MS, client, provider: undefined, model: undefined });

/** Takes its time, and says how often it was asked, and how many of it ran at once. */
function slow(ms: number, fails = false): { readonly usage: UsageOverview; readonly asked: OverviewQuestion[]; atOnce: number } {
  let running = 0;
  const play = {
    asked: [] as OverviewQuestion[],
    atOnce: 0,
    usage: {
      of: async (asked: OverviewQuestion) => {
        play.asked.push(asked);
        play.atOnce = Math.max(play.atOnce, (running += 1));
        await sleep(ms);
        running -= 1;
        if (fails) throw new Error('the database is away');
        return { from: new Date(asked.from).toISOString() } as Overview;
      },
    } as unknown as UsageOverview,
  };
  return play;
}

describe(RecentOverviews.name, () => {
  it('makes one at a time, each once for all who ask the same', async () => {
    const play = slow(30);
    const recent = new RecentOverviews(play.usage);
    const told = await Promise.all([question(0), question(1), question(0, 'a'), question(0), question(HOUR_MS)].map((each) => recent.of(each)));
    expect([play.asked.length, play.atOnce]).toEqual([3, 1]);
    expect(told[1]).toBe(told[0]);
    expect(told[4]?.from).toBe('1970-01-01T01:00:00.000Z');
  });

  it('keeps it for ten times as long as it took', async () => {
    const play = slow(20);
    const recent = new RecentOverviews(play.usage);
    await recent.of(question(0));
    await recent.of(question(0));
    expect(play.asked.length).toBe(1);
    // As slow as it may have been on a busy machine.
    const until = performance.now() + 5000;
    while (play.asked.length === 1 && performance.now() < until) {
      await sleep(50);
      await recent.of(question(0));
    }
    expect(play.asked.length).toBe(2);
  });

  it('keeps no failure', async () => {
    const play = slow(1, true);
    const recent = new RecentOverviews(play.usage);
    for (let n = 0; n < 3; n++) await expect(recent.of(question(0))).rejects.toThrow('away');
    expect(play.asked.length).toBe(3);
  });
});
