import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeLine } from './decode-line.js';
import { Quota } from './quota.js';

const recorded = readFileSync(join(import.meta.dirname, 'fixtures/a5-rate-limit-event.ndjson'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .flatMap((line) => decodeLine(JSON.stringify((JSON.parse(line) as { msg: object }).msg))?.rate_limit_info ?? []);

describe(Quota.name, () => {
  it('tells what the CLI told', () => {
    const quota = new Quota(() => 0);
    for (const info of recorded) quota.see(info);
    expect(recorded).not.toHaveLength(0);
    expect(quota.windows()).toEqual([{ window: 'five_hour', used_percent: 92, resets_at: new Date(1795327360_000).toISOString(), status: 'warning' }]);
  });

  it('keeps the latest of each window, until it is reset', () => {
    let now = 0;
    const quota = new Quota(() => now);
    quota.see({ rateLimitType: 'five_hour', status: 'rejected', resetsAt: 10, utilization: 1 });
    quota.see({ rateLimitType: 'seven_day', status: 'allowed' });
    expect(quota.windows().map(({ window, status, used_percent }) => [window, status, used_percent])).toEqual([
      ['five_hour', 'exhausted', 100],
      ['seven_day', 'allowed', null],
    ]);
    now = 10_000;
    expect(quota.windows().map(({ window }) => window)).toEqual(['seven_day']);
  });
});
