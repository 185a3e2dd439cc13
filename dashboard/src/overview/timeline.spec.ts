import { describe, expect, it } from '@jest/globals';
import { type Bucket, type Overview } from '../api/overview.ts';
import { timelineOf } from './timeline.ts';

const bucket = (start: string, requests: number, errors = 0): Bucket => ({
  start,
  requests,
  errors,
  aborted: 0,
  prompt_tokens: 100 * requests,
  completion_tokens: 10 * requests,
  cached_tokens: 0,
  cost_usd: requests / 100,
  cache_hits: 0,
  latency_ms: { p50: 200, p95: 900 },
  ttft_ms: null,
});
const overview = (buckets: readonly Bucket[]): Overview => ({
  from: '2026-05-10T10:02:00Z',
  to: '2026-05-10T10:20:00Z',
  bucket_seconds: 300,
  totals: bucket('', 0),
  buckets,
  clients: [],
  providers: [],
  models: [],
});
const values = (overview: Overview, name: keyof ReturnType<typeof timelineOf>) => timelineOf(overview)[name].series.map(({ values }) => values);

describe(timelineOf, () => {
  const some = overview([bucket('2026-05-10T10:00:00Z', 4, 1), bucket('2026-05-10T10:10:00Z', 2)]);

  it('has every bucket of the time, those in which nothing happened too', () => {
    expect(timelineOf(some).requests.starts.map((start) => new Date(start * 1000).toISOString().slice(11, 16))).toEqual(['10:00', '10:05', '10:10', '10:15']);
    expect(values(some, 'requests')).toEqual([
      [1, 0, 0, 0],
      [3, 0, 2, 0],
    ]);
    expect(values(some, 'cost')).toEqual([[0.04, 0, 0.02, 0]]);
  });

  it('has gaps in what nothing is known of', () => {
    expect(values(some, 'latency')[0]).toEqual([200, null, 200, null]);
    expect(values(some, 'ttft')).toEqual([
      [null, null, null, null],
      [null, null, null, null],
    ]);
  });

  it('begins on the grid where there is no bucket', () => {
    expect(timelineOf(overview([])).requests).toMatchObject({ from: Date.parse('2026-05-10T10:00:00Z') / 1000, to: Date.parse('2026-05-10T10:20:00Z') / 1000 });
  });

  it('does not follow a bucket that lies before all reason', () => {
    expect(timelineOf(overview([bucket('1970-01-01T00:00:00Z', 1)])).requests.starts.length).toBeLessThanOrEqual(2000);
  });
});
