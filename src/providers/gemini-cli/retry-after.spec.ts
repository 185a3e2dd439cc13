import { describe, expect, it } from '@jest/globals';
import { retryAfterOf } from './retry-after.js';

describe(retryAfterOf.name, () => {
  it.each([
    ['You exceeded your current quota.\nSuggested retry after 1s.', 1],
    ['Please retry in 43.5s.', 44],
    ['Please retry in 43.276s', 44],
    ['Please retry in 640.12ms.', 1],
    ['Please retry in 0s.', 1],
    ['You have exhausted your capacity on this model. Your quota will reset after 2h3m4s.\n\nTip: …', 7384],
    ['Your quota will reset after 59m.', 3540],
    ['Your quota will reset after 120h0m0s.', 432_000],
    ['RETRY AFTER 60S', 60],
  ])('%j: %d seconds', (message, seconds) => {
    expect(retryAfterOf(message)).toBe(seconds);
  });

  it.each(['', 'You have exhausted your daily quota on this model.', 'retry after a while', 'retry in 5', 'reset after 2 hours', 'retry in 5months', 'retry in 999999999h'])(
    '%j does not tell',
    (message) => {
      expect(retryAfterOf(message)).toBeUndefined();
    },
  );

  it('reads a hostile message in no time', () => {
    const began = performance.now();
    retryAfterOf(`retry in ${'1h'.repeat(50_000)}`);
    retryAfterOf('retry in '.repeat(50_000));
    retryAfterOf(`retry in ${'9'.repeat(100_000)}`);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
