import { describe, expect, it } from '@jest/globals';
import { corpus } from './support/corpus.js';
import { falseAlarms } from './support/false-alarms.js';
import { createRedactor } from './support/redactors.js';

describe('the sources and documents of every installed package', () => {
  it('raise at most one false alarm per megabyte', () => {
    const { length, alarms } = falseAlarms(createRedactor(), corpus('node_modules', 512e6));
    console.log(`${(length / 1e6).toFixed(1)} million characters, ${alarms.length} false alarms`, alarms);
    expect(length).toBeGreaterThan(2e6);
    expect(alarms.length).toBeLessThanOrEqual(length / 1e6);
  }, 300_000);
});
