import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, lastValueFrom, of, throwError, toArray } from 'rxjs';
import { type AnswerFacts } from './answer-facts.js';
import { decodeSimpleRequest, refuseUnavailable } from './decode-request.js';
import { encodeSimpleCompletion } from './encode-completion.js';
import { encodeSimpleStream } from './encode-stream.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type StreamEvent } from '../../kernel/stream-event.js';

const usage = { inputTokens: 3, outputTokens: 2 };
const encodedUsage = {
  prompt_tokens: 3,
  completion_tokens: 2,
  total_tokens: 5,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};
const facts: AnswerFacts = { provider: 'claude', model: 'smart', durationMs: 12, requestId: 'r1', fallback: undefined };
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
const framesOf = (frames: readonly string[]): unknown[] => frames.map((frame) => JSON.parse(/^data: (.*)\n\n$/.exec(frame)?.[1] ?? 'null') as unknown);

describe(decodeSimpleRequest.name, () => {
  it("reads a prompt, its system text, limits and what is the vendor's", () => {
    expect(decodeSimpleRequest({ prompt: 'hi', system: 's', max_tokens: 5, temperature: 0.5, odd: 1, provider: 'x', model: 'm', fallback: false, cache: false })).toMatchObject({
      system: ['s'],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
      maxOutputTokens: 5,
      samplingParameters: ['temperature'],
      vendorParameters: { temperature: 0.5, odd: 1 },
    });
    expect(decodeSimpleRequest({ prompt: 'hi', system: null }).system).toEqual([]);
  });

  it.each([
    [{}, 'prompt'],
    [{ prompt: 5 }, 'prompt'],
    [{ prompt: ' \n' }, 'prompt'],
    [{ prompt: 'x', system: [] }, 'system'],
    [{ prompt: 'x', max_tokens: 0 }, 'max_tokens'],
    [{ prompt: 'x', max_tokens: '5' }, 'max_tokens'],
    [{ prompt: 'x', temperature: 3 }, 'temperature'],
    [{ prompt: 'x', messages: [] }, 'messages'],
  ])('refuses %j', (body, param) => {
    expect(() => decodeSimpleRequest(body)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param }));
  });
});

describe(refuseUnavailable.name, () => {
  it.each(['template', 'variables', 'conversation_id', 'callback_url', 'cache'])('names %s', (name) => {
    expect(() => {
      refuseUnavailable({ prompt: 'x', [name]: 60 });
    }).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: name }));
  });

  it('lets pass what asks for nothing', () => {
    expect(() => {
      refuseUnavailable({ prompt: 'x', template: null, cache: false });
    }).not.toThrow();
  });
});

describe(encodeSimpleCompletion.name, () => {
  it('tells the text and who said it', () => {
    const completion = { id: '', model: '', text: 'hello', reasoning: 'hm', toolCalls: [], reason: 'stop', usage, warnings: [] } as const;
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

  it('tells a failure at the end; before the beginning it is one', async () => {
    const failure = throwError(() => new GatewayError('cli_failed', 'It broke.'));
    const frames = framesOf(
      await lastValueFrom(
        concat(of(start), failure).pipe(
          encodeSimpleStream(() => facts),
          toArray(),
        ),
      ),
    );
    expect(frames.at(-1)).toEqual({ content: '', done: true, error: { message: 'It broke.', type: 'api_error', param: null, code: 'cli_failed' } });
    await expect(lastValueFrom(failure.pipe(encodeSimpleStream(() => facts)))).rejects.toMatchObject({ code: 'cli_failed' });
    const cut = framesOf(
      await lastValueFrom(
        of(start).pipe(
          encodeSimpleStream(() => facts),
          toArray(),
        ),
      ),
    );
    expect(cut.at(-1)).toMatchObject({ done: true, error: { code: 'internal_error' } });
  });
});
