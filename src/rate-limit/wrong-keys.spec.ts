import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WrongKeys } from './wrong-keys.js';

describe(WrongKeys.name, () => {
  it('takes ten a minute from an address, and again after just the time that it names', () => {
    const wrong = new WrongKeys();
    for (let at = 0; at < 10; at++) expect(wrong.note('192.0.2.1', at * 1000)).toBe(0);
    expect(wrong.note('192.0.2.1', 9_500)).toBe(51);
    expect(wrong.note('::ffff:192.0.2.1', 59_999)).toBe(1);
    expect(wrong.note('192.0.2.2', 9_500)).toBe(0);
    expect(wrong.note('192.0.2.1', 9_500 + 51_000)).toBe(0);
    expect(wrong.note('192.0.2.1', 9_500 + 51_000)).toBe(1);
  });

  it('counts a /64 as one', () => {
    const wrong = new WrongKeys();
    for (let at = 0; at < 10; at++) expect(wrong.note(`2001:db8::${at + 1}`, 0)).toBe(0);
    expect(wrong.note('2001:db8::ffff', 0)).toBe(60);
    expect(wrong.note('2001:db8:0:1::1', 0)).toBe(0);
  });

  it('never lets more than ten of an address into any minute', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('192.0.2.1', '192.0.2.2'), fc.integer({ min: 0, max: 20_000 })), { maxLength: 200 }), (steps) => {
        const wrong = new WrongKeys();
        const taken = new Map<string, number[]>();
        let now = 0;
        for (const [address, pause] of steps) {
          now += pause;
          const times = taken.get(address) ?? [];
          const recent = times.filter((time) => time > now - 60_000).length;
          const wait = wrong.note(address, now);
          expect(wait === 0).toBe(recent < 10);
          if (wait === 0) taken.set(address, [...times, now]);
        }
      }),
    );
  });
});
