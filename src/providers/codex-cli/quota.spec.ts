import { describe, expect, it } from '@jest/globals';
import { Quota } from './quota.js';

describe(Quota.name, () => {
  it('is what was last told of each window, until it is reset', () => {
    let now = 1_790_000_000_000;
    const quota = new Quota(() => now);
    expect([quota.windows(), quota.retryAfter()]).toEqual([[], undefined]);
    quota.see({ primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: now / 1000 + 60 }, secondary: { usedPercent: 85, windowDurationMins: 10_080, resetsAt: null } });
    quota.see({ primary: null, secondary: null });
    expect(quota.windows()).toEqual([
      { window: 'five_hour', used_percent: 100, resets_at: new Date(now + 60_000).toISOString(), status: 'exhausted' },
      { window: 'weekly', used_percent: 85, resets_at: null, status: 'warning' },
    ]);
    expect(quota.retryAfter()).toBe(60);
    quota.see({ primary: { usedPercent: 1, windowDurationMins: 7, resetsAt: now / 1000 + 5 } });
    expect(quota.windows().map(({ window }) => window)).toEqual(['five_hour', 'weekly', '7_minutes']);
    now += 61_000;
    expect([quota.windows().map(({ window }) => window), quota.retryAfter()]).toEqual([['weekly'], undefined]);
  });

  it.each([
    [undefined, 'unknown'],
    [0, 'allowed'],
    [79.9, 'allowed'],
    [80, 'warning'],
    [99.9, 'warning'],
    [100, 'exhausted'],
  ])('of %s percent says %s', (usedPercent, status) => {
    const quota = new Quota();
    quota.see({ primary: { windowDurationMins: 1440, ...(usedPercent === undefined ? {} : { usedPercent }) } });
    expect(quota.windows()).toEqual([{ window: 'daily', used_percent: usedPercent ?? null, resets_at: null, status }]);
  });

  it('waits for the last of the windows that are used up', () => {
    const quota = new Quota(() => 1_000_000);
    quota.see({ primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: 1010 }, secondary: { usedPercent: 100, windowDurationMins: 10_080, resetsAt: 5000.5 } });
    expect(quota.retryAfter()).toBe(4001);
  });

  it("keeps the limits of one kind of use apart from the account's", () => {
    const quota = new Quota();
    quota.see({ limitId: 'codex', primary: { usedPercent: 10, windowDurationMins: 300 } });
    quota.see({ limitId: 'codex_other', primary: { usedPercent: 90, windowDurationMins: 300 } });
    quota.see({ limitId: null, secondary: { usedPercent: 5 } });
    expect(quota.windows().map(({ window, used_percent }) => [window, used_percent])).toEqual([
      ['five_hour', 10],
      ['codex_other_five_hour', 90],
      ['secondary', 5],
    ]);
  });

  it('does not grow without end', () => {
    const quota = new Quota();
    for (let minutes = 1; minutes <= 100; minutes += 1) quota.see({ primary: { usedPercent: 1, windowDurationMins: minutes } });
    expect(quota.windows()).toHaveLength(20);
  });
});
