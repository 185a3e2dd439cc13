import { describe, expect, it } from '@jest/globals';
import { recentChart, withSample } from './recent.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 4, 10) + seconds * 1000).toISOString();
const capacity = { active: 1, max: 2, queued: 3, max_queued: 10 };

describe(withSample, () => {
  it('keeps five minutes, each moment once', () => {
    let samples = withSample([], { at: at(0) });
    for (const seconds of [2, 2, 1, 299, 300, 301]) samples = withSample(samples, { at: at(seconds), in_flight: seconds });
    expect(samples.map(({ running }) => running)).toEqual([2, 299, 300, 301]);
    expect(withSample(samples, { at: 'now' })).toBe(samples);
  });

  it('takes the busy slots where it does not know the requests', () => {
    expect(withSample([], { at: at(0), capacity })).toEqual([expect.objectContaining({ running: 1, waiting: 3 })]);
  });
});

describe(recentChart, () => {
  it('ends at the last moment', () => {
    const { from, to, series } = recentChart(withSample([], { at: at(0), in_flight: 4, capacity }));
    expect([to - from, to * 1000]).toEqual([300, Date.parse(at(0))]);
    expect(series.map(({ values }) => values)).toEqual([[4], [3]]);
  });
});
