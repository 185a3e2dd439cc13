import { describe, expect, it } from '@jest/globals';
import { counts, dayAfter, sumOf, usageCsv, usageQuery, type UsageRow } from './usage-table.ts';

const nothing = Object.fromEntries(counts.map(([count]) => [count, 0])) as unknown as UsageRow;
const rows: readonly UsageRow[] = [
  { ...nothing, client: 'b', requests: 2, cost_usd: 0.5 },
  { ...nothing, client: null, requests: 9, cost_usd: 0.25 },
];

describe('the table of usage', () => {
  it('adds up', () => {
    expect(sumOf(rows)).toMatchObject({ requests: 11, cost_usd: 0.75, errors: 0 });
    expect(sumOf([])).toMatchObject({ requests: 0 });
  });

  it('is written as CSV', () => {
    expect(usageCsv(rows.slice(0, 2), ['client']).split('\r\n')).toEqual([
      'client,requests,errors,aborted_requests,prompt_tokens,completion_tokens,cached_tokens,reasoning_tokens,cache_hits,cost_usd',
      'b,2,0,0,0,0,0,0,0,0.5',
      ',9,0,0,0,0,0,0,0,0.25',
      '',
    ]);
  });

  it('asks for whole days, the last one too', () => {
    expect(usageQuery('2026-11-01', '2026-11-30', ['client', 'day'])).toBe('from=2026-11-01&to=2026-12-01&group_by=client%2Cday');
    expect(usageQuery('', '', [])).toBe('');
    expect(dayAfter('2026-03-01', -1)).toBe('2026-02-28');
  });
});
