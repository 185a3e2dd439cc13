import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { inspectStream } from './inspect-stream.js';
import { type Facts } from '../../kernel/answer.js';
import { createRedactor } from '../../../test/support/redactors.js';

const redactor = createRedactor();
const head = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5' };
const figures = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18, prompt_tokens_details: { cached_tokens: 4 } };
const event = (more: object): string => `data: ${JSON.stringify({ ...head, ...more })}\n\n`;
const word = (content: string, usage: object | null = null, finish: string | null = null): string =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish }], usage });
const filtered = event({ choices: [], prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }], usage: null });
const told = event({ choices: [], usage: figures });
const done = 'data: [DONE]\n\n';
const answer = [': hello\n\n', filtered, word('Hé'), word('🦀 "usage":{"a":1} ok'), word('', null, 'stop')].join('');

async function hide(pieces: readonly Buffer[], facts: Facts[] = []): Promise<string> {
  const inspect = inspectStream(
    redactor,
    (known) => {
      facts.push(known);
    },
    { hidesUsage: true },
  );
  return Buffer.concat(await lastValueFrom(from(pieces).pipe(inspect, toArray()))).toString();
}

/** In every two pieces. */
async function inTwo(stream: string): Promise<Set<string>> {
  const bytes = Buffer.from(stream);
  const seen = new Set<string>();
  for (let at = 0; at <= bytes.length; at++) seen.add(await hide([bytes.subarray(0, at), bytes.subarray(at)]));
  return seen;
}

const breaks = [
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
] as const;

describe('inspectStream that hides the usage', () => {
  it.each(breaks)('takes out the event that tells it alone, lines ended by %s, however cut', async (_, end) => {
    const write = (stream: string): string => stream.replaceAll('\n', end);
    expect(await inTwo(write(answer + told + done))).toEqual(new Set([write(answer + done)]));
  });

  it('gives the same bytes in any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...breaks), fc.array(fc.nat(), { maxLength: 12 }), fc.constantFrom('', ': ping\n\n', told), async ([, end], cuts, more) => {
        const write = (stream: string): string => stream.replaceAll('\n', end);
        const bytes = Buffer.from(write(answer + more + told + done));
        const ends = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b);
        const pieces = [...ends, bytes.length].map((to, index) => bytes.subarray(ends[index - 1] ?? 0, to));
        expect(await hide(pieces)).toBe(write(answer + (more === told ? '' : more) + done));
      }),
    );
  });

  it('reads it all the same', async () => {
    const facts: Facts[] = [];
    await hide([Buffer.from(answer + told + done)], facts);
    expect(facts.at(-1)).toMatchObject({ model: 'gpt-5', reason: 'stop', usage: { inputTokens: 11, outputTokens: 7, cachedInputTokens: 4 } });
  });

  it.each([
    ['beside the last word', word('a') + word('b', figures, 'stop') + done],
    ['beside every word', word('a', { ...figures, completion_tokens: 1, total_tokens: 12 }) + word('b', figures, 'stop') + done],
    ['of a content filter, without figures', filtered + word('a') + word('', null, 'stop') + done],
  ])('lets pass what stands %s', async (_, stream) => {
    expect(await inTwo(stream)).toEqual(new Set([stream]));
  });

  it('takes it out where it is the last of all, without its blank line, and where a data line has no blank', async () => {
    expect(await inTwo(answer + told.trimEnd())).toEqual(new Set([answer]));
    expect(await inTwo(answer + told.replace('data: ', 'data:') + done)).toEqual(new Set([answer + done]));
  });

  it('takes it out between words that may begin a secret, and loses none of them', async () => {
    const stream = word('my sk-') + told + word('', null, 'stop') + told + done;
    for (const text of await inTwo(stream)) {
      expect(text).not.toContain('prompt_tokens');
      expect(text).toContain('sk-');
      expect(text.endsWith(done)).toBe(true);
    }
  });
});
