import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ChatCompletion } from 'openai/resources';
import { firstValueFrom, from } from 'rxjs';
import { encodeCompletion } from './encode-completion.js';
import { encodeError } from './encode-error.js';
import { decodeFinishReason, encodeFinishReason } from './finish-reason.js';
import { type Completion } from '../../kernel/completion.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { collect } from '../../streaming/collect.js';
import { eventStreams } from '../../../test/support/event-arbitraries.js';
import { schemaFault } from '../../../test/support/openai-schema.js';

const head = { id: 'chatcmpl-1', created: 1_790_000_000, model: 'demo' };
const completion: Completion = {
  ...{ id: 'x', model: 'm', blocks: [{ type: 'text', text: 'Hi' }], text: 'Hi', reasoning: '', toolCalls: [] },
  ...{ reason: 'stop', usage: { inputTokens: 3, outputTokens: 2 }, warnings: [] },
};

/** The client library's types are the check; only their arrays are mutable. */
type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;
const readonlyOff = <T>(value: T): Mutable<T> => value as Mutable<T>;

describe('encodeCompletion', () => {
  it('is valid by the published schema, whatever is answered', async () => {
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (events) => {
        const whole = await firstValueFrom(from(events).pipe(collect()));
        expect(schemaFault('CreateChatCompletionResponse', encodeCompletion(whole, head))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });

  it('writes a text', () => {
    const written: ChatCompletion = readonlyOff(encodeCompletion(completion, head));
    expect(written).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'demo',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
    });
  });

  it('writes function calls, with no content where there is none', () => {
    const toolCalls = [{ callId: 'c', name: 'f', json: '{"a":1}' }];
    const { message, finish_reason } = encodeCompletion({ ...completion, text: '', toolCalls, reason: 'tool-calls' }, head).choices[0];
    expect(message).toEqual({ role: 'assistant', content: null, refusal: null, tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }] });
    expect(finish_reason).toBe('tool_calls');
    expect(encodeCompletion({ ...completion, toolCalls }, head).choices[0].message.content).toBe('Hi');
  });

  it('writes the calls of tools that take free text by their text', () => {
    const toolCalls = [
      { callId: 'c1', name: 'patch', json: '{"input":"a\\nb"}' },
      { callId: 'c2', name: 'f', json: '{}' },
    ];
    expect(encodeCompletion({ ...completion, toolCalls }, { ...head, customTools: new Set(['patch']) }).choices[0].message.tool_calls).toEqual([
      { id: 'c1', type: 'custom', custom: { name: 'patch', input: 'a\nb' } },
      { id: 'c2', type: 'function', function: { name: 'f', arguments: '{}' } },
    ]);
  });

  it('writes reasoning, and an empty answer as empty text', () => {
    expect(encodeCompletion({ ...completion, text: '', reasoning: 'hm' }, head).choices[0].message).toEqual({
      role: 'assistant',
      content: '',
      refusal: null,
      reasoning_content: 'hm',
    });
  });
});

describe('encodeError', () => {
  it('writes the type that belongs to the code', () => {
    expect(encodeError(new GatewayError('invalid_parameter', 'Bad.', { param: 'n' }))).toEqual({
      error: { message: 'Bad.', type: 'invalid_request_error', param: 'n', code: 'invalid_parameter' },
    });
    expect(encodeError(new GatewayError('queue_full', 'Full.'))).toEqual({ error: { message: 'Full.', type: 'api_error', param: null, code: 'queue_full' } });
  });
});

describe('finish reasons', () => {
  it.each(['stop', 'length', 'tool-calls', 'content-filter'] as const)('reads back %s', (reason) => {
    expect(decodeFinishReason(encodeFinishReason(reason))).toBe(reason);
  });

  it('takes an unknown one for none', () => {
    expect(decodeFinishReason('error')).toBeUndefined();
    expect(decodeFinishReason('toString')).toBeUndefined();
  });
});
