import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { excessOf, nestsDeeper } from './json-depth.js';

const deeper = (json: string, limit: number): boolean => nestsDeeper(Buffer.from(json), limit);
const depthOf = (value: unknown): number => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);

describe('nestsDeeper', () => {
  it('tells the depth of any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = JSON.stringify(value);
        const depth = depthOf(value);
        expect(deeper(json, depth)).toBe(false);
        if (depth > 0) expect(deeper(json.padEnd(depth + 2), depth - 1)).toBe(true);
      }),
    );
  });

  it.each(['{"a":"[[[["}', '{"a":"\\"[[[["}', '{"a":"\\\\","b":["]]"]}', '{"\\\\\\"{{{":1}', '"[[[[', '[["\\'])('is not misled by texts: %s', (json) => {
    expect(deeper(json.padEnd(9), 2)).toBe(false);
  });

  it('counts values, and none that stands in a text', () => {
    const count = (value: unknown): number => 1 + (typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, each) => sum + count(each), 0) : 0);
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const json = Buffer.from(JSON.stringify(value).padEnd(100));
        const empty = JSON.stringify(value).match(/\[\]|\{\}/g)?.length ?? 0;
        expect(excessOf(json, 99, count(value) + empty)).toBeUndefined();
        if (count(value) > 1) expect(excessOf(json, 99, count(value) - 1)).toBe('values');
      }),
    );
    expect(excessOf(Buffer.from(`["${','.repeat(1000)}"]`), 99, 100)).toBeUndefined();
  });

  it('counts neither siblings nor what is closed', () => {
    expect(deeper('[[],[],[[]],{}]', 3)).toBe(false);
    expect(deeper('[[],[],[[]],{}]', 2)).toBe(true);
  });
});
