import { describe, expect, it } from '@jest/globals';
import { firstValueFrom, from, NEVER, Observable, of, concat, toArray } from 'rxjs';
import { decodeStream } from './decode-stream.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { grammarFault } from '../../../test/support/event-arbitraries.js';

const sse = (...chunks: (object | string)[]): Buffer => Buffer.from(chunks.map((chunk) => `data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`).join(''));
const chunk = (delta: object, finishReason: string | null = null, rest: object = {}): object => ({
  id: 'c',
  model: 'gpt',
  choices: [{ index: 0, delta, finish_reason: finishReason }],
  ...rest,
});
const read = (bytes: Buffer, inputTokens = 0): Promise<StreamEvent[]> =>
  firstValueFrom(
    of(bytes).pipe(
      decodeStream(() => inputTokens),
      toArray(),
    ),
  );

async function readWhole(...chunks: (object | string)[]): Promise<StreamEvent[]> {
  const events = await read(sse(...chunks));
  expect(grammarFault(events)).toBeUndefined();
  return events;
}

const start: StreamEvent = { type: 'stream-start', id: 'c', model: 'gpt', warnings: [] };
const figures = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const usage = { inputTokens: 3, outputTokens: 2 };

describe('decodeStream', () => {
  it('reads a text with its usage chunk', async () => {
    const events = await readWhole(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b' }),
      chunk({}, 'stop'),
      { id: 'c', choices: [], usage: { ...figures, prompt_tokens_details: { cached_tokens: 1 }, completion_tokens_details: { reasoning_tokens: 1 } } },
      '[DONE]',
    );
    expect(events).toEqual([
      start,
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'a' },
      { type: 'text-delta', block: 0, text: 'b' },
      { type: 'text-end', block: 0 },
      { type: 'stream-end', reason: 'stop', usage: { ...usage, cachedInputTokens: 1, reasoningTokens: 1 } },
    ]);
  });

  it('does without [DONE], and takes usage from the last chunk', async () => {
    const events = await readWhole(chunk({ content: 'a' }, 'length', { usage: figures }));
    expect(events.at(-1)).toEqual({ type: 'stream-end', reason: 'length', usage });
  });

  it('is done at [DONE] even where the connection stays open', async () => {
    const events = await firstValueFrom(
      concat(of(sse(chunk({ content: 'a' }, 'stop'), '[DONE]')), NEVER).pipe(
        decodeStream(() => 0),
        toArray(),
      ),
    );
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('estimates where the vendor does not count', async () => {
    const [last] = (await read(sse(chunk({ content: '123456789' }, 'stop')), 70)).slice(-1);
    expect(last).toEqual({ type: 'stream-end', reason: 'stop', usage: { inputTokens: 70, outputTokens: 3, estimated: true } });
  });

  it.each(['reasoning_content', 'reasoning'])('reads %s as reasoning', async (name) => {
    const events = await readWhole(chunk({ [name]: 'hm', content: null }), chunk({ content: 'a' }), chunk({}, 'stop'));
    expect(events.slice(1, -1).map((event) => event.type)).toEqual(['reasoning-start', 'reasoning-delta', 'reasoning-end', 'text-start', 'text-delta', 'text-end']);
  });

  it.each([
    ['stop', 'content-filter'],
    ['length', 'length'],
  ])('reads a refusal as text that is no answer, where it ends by "%s"', async (finish, reason) => {
    const events = await readWhole(chunk({ refusal: '' }), chunk({ refusal: 'No.', content: null }), chunk({}, finish));
    expect(events).toContainEqual({ type: 'text-delta', block: 0, text: 'No.' });
    expect(events.at(-1)).toMatchObject({ reason });
    expect((await readWhole(chunk({ refusal: '', content: 'a' }), chunk({}, 'stop'))).at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('reads function calls that interleave', async () => {
    const call = (index: number, rest: object): object => chunk({ tool_calls: [{ index, ...rest }] });
    const events = await readWhole(
      call(0, { id: 'x', type: 'function', function: { name: 'f', arguments: '' } }),
      call(1, { id: 'y', type: 'function', function: { name: 'g', arguments: '{' } }),
      call(0, { function: { arguments: '{}' } }),
      call(1, { id: 'y', function: { name: 'g', arguments: '}' } }),
      chunk({}, 'tool_calls'),
    );
    expect(events.slice(1)).toEqual([
      { type: 'tool-call-start', block: 0, callId: 'x', name: 'f' },
      { type: 'tool-call-start', block: 1, callId: 'y', name: 'g' },
      { type: 'tool-call-delta', block: 1, json: '{' },
      { type: 'tool-call-delta', block: 0, json: '{}' },
      { type: 'tool-call-delta', block: 1, json: '}' },
      { type: 'tool-call-end', block: 0 },
      { type: 'tool-call-end', block: 1 },
      { type: 'stream-end', reason: 'tool-calls', usage: { inputTokens: 0, outputTokens: 1, estimated: true } },
    ]);
  });

  it('bears servers that number every call 0, leave ids out and say "stop"', async () => {
    const call = (id: string | undefined, name: string): object => chunk({ tool_calls: [{ index: 0, id, function: { name, arguments: '{}' } }] });
    const twice = await readWhole(call('x', 'f'), call('y', 'g'), chunk({}, 'stop'));
    expect(twice.flatMap((event) => (event.type === 'tool-call-start' ? [event.callId] : []))).toEqual(['x', 'y']);
    expect(twice.at(-1)).toMatchObject({ reason: 'tool-calls' });
    expect(await readWhole(call(undefined, 'f'), chunk({}, 'stop'))).toContainEqual({ type: 'tool-call-start', block: 0, callId: 'call_0', name: 'f' });
  });

  it('skips choices other than the first, empty chunks and unknown fields', async () => {
    const events = await readWhole(
      { id: '', model: '', choices: [], prompt_filter_results: [] },
      { ...chunk({}), choices: [{ index: 1, delta: { content: 'other' } }] },
      chunk({ content: 'a', odd: 1 }),
      chunk({}, 'stop'),
    );
    expect(events).toContainEqual(start);
    expect(JSON.stringify(events)).not.toContain('other');
  });

  it.each([
    ['no bytes', Buffer.alloc(0), 'before the answer was complete'],
    ['no finish reason', sse(chunk({ content: 'a' })), 'before the answer was complete'],
    ['[DONE] without a finish reason', sse(chunk({ content: 'a' }), '[DONE]'), 'before the answer was complete'],
    ['a finish reason of its own', sse(chunk({ content: 'a' }, 'abort'), '[DONE]'), 'before the answer was complete'],
    ['an error', sse(chunk({ content: 'a' }), { error: { message: 'Overloaded.', type: 'server_error' } }), 'Overloaded.'],
    ['an error as text', sse({ error: 'No such model.' }), 'No such model.'],
    ['an error object', sse({ object: 'error', message: 'Bad.', code: 400 }), 'Bad.'],
    ['an error that says nothing', sse({ error: {} }), 'reported an error'],
    ['an error after finish_reason "error"', sse(chunk({}, 'error'), { error: { message: 'Why.' } }), 'Why.'],
    ['no JSON', sse('{"id":'), 'not JSON'],
    ['no object', sse('[1]'), 'not a chunk'],
    ['a call without a name', sse(chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] })), 'without a name'],
  ])('is an upstream_error: %s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'upstream_error', message: expect.stringContaining(message) });
  });

  it('bounds an event', async () => {
    const flood = from(Array.from({ length: 9 }, () => Buffer.alloc(1024 ** 2, 'x')));
    await expect(
      firstValueFrom(
        flood.pipe(
          decodeStream(() => 0),
          toArray(),
        ),
      ),
    ).rejects.toMatchObject({ code: 'output_limit_exceeded' });
  });

  it('leaves its source at the end and when it is left', () => {
    let left = 0;
    const source = new Observable<Buffer>((subscriber) => {
      subscriber.next(sse(chunk({ content: 'a' }, 'stop'), '[DONE]'));
      return () => left++;
    });
    source.pipe(decodeStream(() => 0)).subscribe();
    expect(left).toBe(1);
  });
});
