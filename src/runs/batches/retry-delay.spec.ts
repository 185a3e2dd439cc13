import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.js';
import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../../kernel/gateway-error.js';

const DAY_MS = 86_400_000;

describe('what is waited for', () => {
  it.each<[ErrorCode, GatewayErrorOptions, number | undefined]>([
    ['provider_rate_limited', { retryAfter: 7 }, 7000],
    ['provider_rate_limited', { retryAfter: 18_000 }, 18_000_000],
    ['provider_rate_limited', {}, 1000],
    ['provider_rate_limited', { retryAfter: 0 }, 1000],
    ['queue_full', { retryAfter: 3 }, 3000],
    ['provider_unavailable', { retryAfter: 5 }, 5000],
    ['provider_unavailable', { retryAfter: 240 }, 240_000], // a breaker that is open for longer
    ['provider_unavailable', { shouldRetry: false }, undefined], // not logged in
    ['timeout', { retryAfter: 2 }, 2000], // no turn slot
    ['timeout', {}, undefined],
    ['upstream_error', { retryAfter: 5 }, undefined],
    ['budget_exceeded', { retryAfter: 5 }, undefined],
    ['invalid_parameter', {}, undefined],
  ])('%s %j: %s', (code, options, delay) => {
    expect(retryDelay(new GatewayError(code, '', options), 1, DAY_MS)).toBe(delay);
  });

  it('is waited for longer each time, so often, and while the batch lives', () => {
    const error = new GatewayError('provider_rate_limited', '');
    expect([1, 2, 5, 10, 19, 20].map((tries) => retryDelay(error, tries, DAY_MS))).toEqual([1000, 2000, 16_000, 300_000, 300_000, undefined]);
    expect([retryDelay(error, 1, 1001), retryDelay(error, 1, 1000)]).toEqual([1000, undefined]);
  });
});
