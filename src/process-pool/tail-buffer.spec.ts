import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TailBuffer } from './tail-buffer.js';

describe('TailBuffer', () => {
  it('keeps the last bytes, whatever the chunks', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 15 }), { maxLength: 600 }), fc.integer({ min: 1, max: 20 }), (chunks, limit) => {
        const tail = new TailBuffer(limit);
        for (const chunk of chunks) tail.push(Buffer.from(chunk));
        expect(tail.toString()).toBe(chunks.join('').slice(-limit));
      }),
    );
  });
});
