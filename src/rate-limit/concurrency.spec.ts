import { describe, expect, it } from '@jest/globals';
import { Concurrency } from './concurrency.js';

describe(Concurrency.name, () => {
  it('gives a client its places, each back once', () => {
    const places = new Concurrency();
    const first = places.take('a', 2);
    expect(places.take('a', 2)).toBeDefined();
    expect(places.take('a', 2)).toBeUndefined();
    expect(places.take('b', 1)).toBeDefined();
    first?.();
    first?.();
    expect(places.take('a', 2)).toBeDefined();
    expect(places.take('a', 2)).toBeUndefined();
  });
});
