import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, throwError, toArray } from 'rxjs';
import { type AnswerFacts } from './answer-facts.js';
import { decodeSimpleRequest } from './decode-request.js';
import { encodeSimpleCompletion } from './encode-completion.js';
import { encodeSimpleFailure, encodeSimpleStream } from './encode-stream.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { collect } from '../../streaming/collect.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';

const usage = { inputTokens: 3, outputTokens: 2 };
const encodedUsage = {
  prompt_tokens: 3,
  completion_tokens: 2,
  total_tokens: 5,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};
const facts: AnswerFacts = { provider: 'claude', model: 'smart', durationMs: 12, requestId: 'r1', cached: false, fallback: undefined };
const told = { provider: 'claude', model: 'smart', duration_ms: 12, cached: false, usage: encodedUsage, request_id: 'r1', finish_reason: 'stop' };
const replaced = { ...facts, fallback: { provider: 'openai', code: 'upstream_error' } };
const start: StreamEvent = { type: 'stream-start', id: 'x', model: 'm', warnings: [] };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage };
const said = (texts: readonly string[]): StreamEvent[] => [
  start,
  { type: 'reasoning-delta', block: 0, text: 'hm' },
  ...texts.map((text): StreamEvent => ({ type: 'text-delta', block: 1, text })),
  end,
];
const framesOf = (frames: readonly string[]): unknown[] => frames.map((frame) => JSON.parse(/^data: ([^\r\n]*)\n\n$/.exec(frame)?.[1] ?? 'null') as unknown);

describe(decodeSimpleRequest.name, () => {
  it("reads a prompt, its system text, limits and what is the vendor's", () => {
    const request = decodeSimpleRequest({ prompt: 'hi', system: 's', max_tokens: 5, temperature: 0.5, odd: 1, provider: 'x', model: 'm', fallback: false, cache: false });
    expect(request).toMatchObject({
      system: ['s'],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      maxOutputTokens: 5,
      samplingParameters: ['temperature'],
    });
    expect(request.vendorParameters).toEqual({ temperature: 0.5, odd: 1 });
  });

  it.each([null, '', ' \n'])('takes the system text %j for none', (system) => {
    expect(decodeSimpleRequest({ prompt: 'hi', system }).system).toEqual([]);
  });

  it.each([
    [{}, 'prompt'],
    [{ prompt: null }, 'prompt'],
    [{ prompt: 5 }, 'prompt'],
    [{ prompt: ['x'] }, 'prompt'],
    [{ prompt: '' }, 'prompt'],
    [{ prompt: ' \n' }, 'prompt'],
    [{ prompt: 'x', system: [] }, 'system'],
    [{ prompt: 'x', max_tokens: 0 }, 'max_tokens'],
    [{ prompt: 'x', max_tokens: 1.5 }, 'max_tokens'],
    [{ prompt: 'x', max_tokens: '5' }, 'max_tokens'],
    [{ prompt: 'x', temperature: 3 }, 'temperature'],
    [{ prompt: 'x', temperature: -0.1 }, 'temperature'],
    [{ prompt: 'x', messages: [] }, 'messages'],
  ])('refuses %j', (body, param) => {
    expect(() => decodeSimpleRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });

  it.each([[{ prompt: 'x', tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools']])('names what it does not offer: %j', (body, param) => {
    expect(() => decodeSimpleRequest(body)).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });

  it('lets pass what asks for nothing', () => {
    const nothing = { template: null, variables: null, conversation_id: null, callback_url: null, cache: null, tools: null, messages: null, temperature: null, max_tokens: null };
    expect(decodeSimpleRequest({ prompt: 'x', ...nothing })).toEqual(decodeSimpleRequest({ prompt: 'x', cache: false }));
  });
});

describe(encodeSimpleCompletion.name, () => {
  it('tells the text and who said it', () => {
    const completion = { id: '', model: '', blocks: [], text: 'hello', reasoning: 'hm', toolCalls: [], reason: 'stop', usage, warnings: [] } as const;
    expect(encodeSimpleCompletion(completion, facts)).toEqual({ content: 'hello', ...told });
    expect(encodeSimpleCompletion({ ...completion, reason: 'content-filter' }, replaced)).toEqual({
      content: 'hello',
      ...told,
      finish_reason: 'content_filter',
      fallback: true,
      original_provider: 'openai',
      original_error: 'upstream_error',
    });
  });
});

describe(encodeSimpleStream.name, () => {
  it('is the text piece by piece, and all that is known at the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { maxLength: 20 }), async (texts) => {
        const frames = framesOf(
          await lastValueFrom(
            from(said(texts)).pipe(
              encodeSimpleStream(() => facts),
              toArray(),
            ),
          ),
        );
        expect(frames.slice(1, -1)).toEqual(texts.map((content) => ({ content, done: false })));
        expect(frames.at(-1)).toEqual({ content: '', done: true, ...told });
      }),
    );
  });

  it('is the same text as the whole answer, however it is cut, and nothing but that', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (events) => {
        const { text } = await lastValueFrom(from(events).pipe(collect()));
        const frames = framesOf(
          await lastValueFrom(
            from(events).pipe(
              encodeSimpleStream(() => facts),
              toArray(),
            ),
          ),
        ) as { content: string; done: boolean }[];
        expect(frames.map(({ content }) => content).join('')).toBe(text);
        expect(frames.map(({ done }) => done)).toEqual([...frames.slice(1).map(() => false), true]);
        expect(frames.slice(1, -1).every(({ content }) => content !== '')).toBe(true);
      }),
    );
  });

  it('leaves a failure to whoever sends the frames, in words of its own', async () => {
    const failure = new GatewayError('cli_failed', 'It broke.');
    await expect(lastValueFrom(throwError(() => failure).pipe(encodeSimpleStream(() => facts)))).rejects.toBe(failure);
    expect(framesOf([encodeSimpleFailure(failure)])).toEqual([{ content: '', done: true, error: { message: 'It broke.', type: 'api_error', param: null, code: 'cli_failed' } }]);
  });
});
