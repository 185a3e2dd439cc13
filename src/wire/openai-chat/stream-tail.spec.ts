import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { StreamTail } from './stream-tail.js';

const event = (content: string, extra = ''): string =>
  `data: {"id":"chatcmpl-1","object":"chat.completion.chunk","x":"${extra}","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}]}\n\n`;

function tailOf(stream: string, size = 1000): StreamTail {
  const tail = new StreamTail();
  const bytes = Buffer.from(stream);
  for (let at = 0; at < bytes.length; at += size) tail.push(bytes.subarray(at, at + size));
  return tail;
}

describe(StreamTail, () => {
  it.each([
    ['a token an event', 1000, 'one ', '', 1000],
    ['a token an event, in long events', 500, ' is', 'x'.repeat(700), 500],
    ['ten tokens an event', 300, 'ten of them, in one piece, by and by now', '', 3000],
    ['two, too few to be cut', 2, 'word', '', 2],
    ['a character an event', 400, '語', '', 400],
  ])('guesses the tokens of %s', (_, events, content, extra, tokens) => {
    for (const size of [1, 97, 5000, 1e6]) {
      const guess = tailOf(event(content, extra).repeat(events), size).tokens;
      expect(guess).toBeGreaterThanOrEqual(tokens * 0.95);
      expect(guess).toBeLessThanOrEqual(tokens * 1.1 + 1);
    }
  });

  it('guesses about the same wherever the stream breaks off', () => {
    const stream = Buffer.from(event('', 'role') + event('one ').repeat(200));
    fc.assert(
      fc.property(fc.integer({ min: 3000, max: stream.length }), (end) => {
        const tail = new StreamTail();
        tail.push(stream.subarray(0, end));
        const told = Math.floor((end - event('', 'role').length) / event('one ').length);
        expect(Math.abs(tail.tokens - told)).toBeLessThanOrEqual(2 + told * 0.05);
      }),
    );
  });

  it('guesses nothing of what says nothing', () => {
    expect(new StreamTail().tokens).toBe(0);
    expect(tailOf(': a comment\n\n').tokens).toBe(0);
    expect(tailOf(event('')).tokens).toBe(0);
    expect(tailOf('data: {"id":"x","choi').tokens).toBe(0);
  });

  it('guesses an event by its length where not one is whole', () => {
    expect(tailOf(event('a'.repeat(40_000)).slice(0, 30_000)).tokens).toBeGreaterThan(7000);
    expect(tailOf(event('a'.repeat(40_000)).slice(0, 30_000)).tokens).toBeLessThan(7600);
  });

  it('keeps the end, and no more than it needs of the rest', () => {
    const tail = tailOf(`${event('early')}${event('one ').repeat(1000)}data: [DONE]\n\n`);
    expect(tail.text.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(tail.text.length).toBeGreaterThanOrEqual(8192);
    expect(tail.text.length).toBeLessThan(10_000);
  });
});
