import { describe, expect, it } from '@jest/globals';
import { localInput, rangeOf, spanOf } from './span.ts';

const now = Date.UTC(2026, 4, 10, 12);
const span = (query: string) => {
  const { from, to } = spanOf(new URLSearchParams(query), now);
  return [from.toISOString(), to.toISOString()];
};

describe(rangeOf, () => {
  it.each([
    ['', '24h'],
    ['range=7d', '7d'],
    ['range=forever', '24h'],
    ['range=toString', '24h'],
  ])('of "%s" is %s', (query, range) => {
    expect(rangeOf(new URLSearchParams(query))).toBe(range);
  });
});

describe(spanOf, () => {
  it('ends now', () => {
    expect(span('range=1h')).toEqual(['2026-05-10T11:00:00.000Z', '2026-05-10T12:00:00.000Z']);
    expect(span('range=30d&from=2020-01-01T00:00:00Z')[0]).toBe('2026-04-10T12:00:00.000Z');
  });

  it.each([
    ['from=2026-05-01T00:00:00Z&to=2026-05-02T00:00:00Z', '2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'],
    ['from=2026-05-09T00:00:00Z', '2026-05-09T00:00:00.000Z', '2026-05-10T12:00:00.000Z'],
    ['from=2026-05-03T00:00:00Z&to=2026-05-02T00:00:00Z', '2026-05-01T00:00:00.000Z', '2026-05-02T00:00:00.000Z'],
    ['from=yesterday&to=x', '2026-05-09T12:00:00.000Z', '2026-05-10T12:00:00.000Z'],
  ])('custom, %s', (query, from, to) => {
    expect(span(`range=custom&${query}`)).toEqual([from, to]);
  });
});

describe(localInput, () => {
  it('is what the input gives back as the same minute', () => {
    expect(new Date(localInput(new Date(now))).getTime()).toBe(now);
  });
});
