import { describe, expect, it } from '@jest/globals';
import { CircuitBreaker, isProviderFault } from './circuit-breaker.js';
import { GatewayError } from '../kernel/gateway-error.js';

function at(): { breaker: CircuitBreaker; pass: (ms: number) => void; fail: (times: number) => void } {
  let now = 1000;
  const breaker = new CircuitBreaker({ failures: 3, openMs: 100, maxOpenMs: 300 }, () => now);
  return {
    breaker,
    pass: (ms) => {
      now += ms;
    },
    fail: (times) => {
      for (let count = 0; count < times; count += 1) {
        expect(breaker.enter()).toBe(true);
        breaker.failed();
      }
    },
  };
}

describe(CircuitBreaker.name, () => {
  it('opens on failures in a row alone', () => {
    const { breaker, fail } = at();
    fail(2);
    breaker.enter();
    breaker.succeeded();
    fail(2);
    expect(breaker.open).toBe(false);
    fail(1);
    expect([breaker.open, breaker.enter(), breaker.retryAfter]).toEqual([true, false, 1]);
  });

  it('lets one request try after a while, and closes when that one succeeds', () => {
    const { breaker, fail, pass } = at();
    fail(3);
    pass(100);
    expect([breaker.enter(), breaker.enter()]).toEqual([true, false]);
    breaker.succeeded();
    expect([breaker.enter(), breaker.enter()]).toEqual([true, true]);
  });

  it('stays open longer each time that the try fails, up to its limit', () => {
    const { breaker, fail, pass } = at();
    fail(3);
    const waits = [100, 200, 300, 300].map((expected) => {
      pass(expected - 1);
      const early = breaker.enter();
      pass(1);
      const onTime = breaker.enter();
      breaker.failed();
      return [early, onTime];
    });
    expect(waits).toEqual(Array.from({ length: 4 }, () => [false, true]));
  });

  it('lets the next one try where the first left without a word, said or unsaid', () => {
    const { breaker, fail, pass } = at();
    fail(3);
    pass(100);
    expect(breaker.enter()).toBe(true);
    breaker.left();
    expect(breaker.enter()).toBe(true);
    pass(100);
    expect(breaker.enter()).toBe(true);
  });

  it('is not held open longer by what was under way when it opened', () => {
    const { breaker, fail, pass } = at();
    breaker.enter();
    breaker.enter();
    fail(3);
    breaker.failed();
    breaker.failed();
    pass(100);
    expect(breaker.enter()).toBe(true);
  });
});

describe(isProviderFault.name, () => {
  it.each([
    ['cli_failed', {}, true],
    ['upstream_error', {}, true],
    ['provider_unavailable', {}, true],
    ['timeout', {}, true],
    ['timeout', { retryAfter: 5 }, false],
    ['queue_full', {}, false],
    ['upstream_error', { ofModel: true }, false],
    ['provider_rate_limited', {}, false],
    ['invalid_parameter', {}, false],
    ['internal_error', {}, false],
  ] as const)('%s %j: %s', (code, options, expected) => {
    expect(isProviderFault(new GatewayError(code, 'x', options))).toBe(expected);
  });
});
