import { describe, expect, it } from '@jest/globals';
import { mayTake } from './may-take.js';
import { decodeRequest } from '../wire/openai-chat/decode-request.js';

const prices = {
  costOf: (_: unknown, __: unknown, { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number }) => 1000 * (inputTokens + 25 * outputTokens),
};
const target = { provider: 'openai', model: 'm' };

describe(mayTake.name, () => {
  const take = (change: object, format: Parameters<typeof mayTake>[0]['format'] = 'openai-chat'): { readonly tokens: number; readonly nanos: number } => {
    const body = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...change };
    return mayTake({ body, format, decode: () => decodeRequest(body) }, target, prices);
  };
  const input = take({ max_tokens: 1 }).tokens - 1;

  it.each([
    ["the client's limit", { max_tokens: 50 }, 50],
    ['a guess without one', {}, 1000],
    ['several answers', { max_tokens: 50, n: 8 }, 400],
    ['the best of several', { max_tokens: 50, best_of: 3 }, 150],
    ['an answer for each of several prompts', { max_tokens: 50, prompt: ['a', 'b', [1, 2]] }, 150],
    ['one answer for one prompt of tokens', { max_tokens: 50, prompt: [1, 2, 3] }, 50],
  ])('is of %s', (_, change, output) => {
    const { tokens, nanos } = take(change);
    expect(tokens - input).toBe(output);
    expect(nanos).toBe(1000 * (input + 25 * output));
  });

  it.each([1e21, 1e308, Number.MAX_VALUE])('is a number that every database and Redis can count with, for a limit of %d', (limit) => {
    const { tokens, nanos } = take({ max_tokens: limit, n: 128 });
    expect([Number.isSafeInteger(tokens), Number.isSafeInteger(nanos)]).toEqual([true, true]);
    expect(tokens).toBeGreaterThanOrEqual(1e9);
  });

  it.each([{ max_tokens: -5 }, { n: -1 }, { max_tokens: '50' }])('is a guess for what nobody understands: %j', (change) => {
    const { tokens } = take(change);
    expect(tokens).toBeGreaterThan(1000);
    expect(tokens).toBeLessThan(1100);
  });

  it('is only what is put in, of embeddings and where nobody knows a price', () => {
    expect(take({ input: 'x'.repeat(400) }, 'openai-embeddings').tokens).toBe(input);
    const body = {};
    expect(mayTake({ body, format: undefined, decode: () => decodeRequest(body) }, undefined, prices).nanos).toBe(0);
  });
});
