import { describe, expect, it } from '@jest/globals';
import { bytes, compact, dollars, duration, exact, milliseconds, percent } from './numbers.ts';

const written: readonly [(value: number) => string, readonly (readonly [number, string])[]][] = [
  [
    exact,
    [
      [0, '0'],
      [1_234_567, '1,234,567'],
    ],
  ],
  [
    compact,
    [
      [0, '0'],
      [7, '7'],
      [820, '820'],
      [999, '999'],
      [1000, '1 k'],
      [1234, '1.2 k'],
      [9960, '10 k'],
      [34_400, '34 k'],
      [999_999, '1 M'],
      [5_600_000, '5.6 M'],
      [123_400, '123 k'],
    ],
  ],
  [
    dollars,
    [
      [0, '$0'],
      [0.00002, '<$0.0001'],
      [0.0042, '$0.0042'],
      [0.05, '$0.05'],
      [0.0999, '$0.0999'],
      [1.25, '$1.25'],
      [12.5, '$12.50'],
      [1300.4, '$1,300'],
    ],
  ],
  [
    percent,
    [
      [0, '0%'],
      [0.0004, '<0.1%'],
      [0.004, '0.4%'],
      [0.05, '5%'],
      [0.123, '12%'],
      [1, '100%'],
    ],
  ],
  [
    milliseconds,
    [
      [0, '0 ms'],
      [3.44, '3.4 ms'],
      [340.4, '340 ms'],
      [999.6, '1 s'],
      [3400, '3.4 s'],
      [12_340, '12.3 s'],
      [125_000, '2 min 5 s'],
      [7_260_000, '2 h 1 min'],
      [59_960, '1 min'],
    ],
  ],
  [
    bytes,
    [
      [0, '0 B'],
      [999, '999 B'],
      [142_300_000, '142 MB'],
      [1_500_000_000, '1.5 GB'],
    ],
  ],
  [
    duration,
    [
      [-1, '0 s'],
      [45, '45 s'],
      [720, '12 min'],
      [12_000, '3 h 20 min'],
      [352_800, '4 d 2 h'],
      [86_400, '1 d'],
    ],
  ],
];

describe.each(written.map(([write, cases]) => [write.name, write, cases] as const))('%s', (_, write, cases) => {
  it.each(cases)('writes %d as %s', (value, text) => {
    expect(write(value)).toBe(text);
  });
});

describe(percent, () => {
  it('is of a whole, which may be nothing', () => {
    expect(percent(3, 4)).toBe('75%');
    expect(percent(0, 0)).toBe('0%');
  });
});
