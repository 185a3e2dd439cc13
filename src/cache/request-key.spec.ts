import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Asker, requestKey } from './request-key.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { decodeRequest } from '../wire/openai-chat/decode-request.js';
import { decodeSimpleRequest } from '../wire/simple-completion/decode-request.js';
import { completionRequests } from '../../test/support/request-arbitraries.js';

const asker: Asker = { owner: 'one', redacted: true, id: { provider: 'openai', model: 'gpt' } };
const keyOf = (request: CompletionRequest): string => requestKey(request, asker);

/** The same value with the fields of its objects in another order. */
function shuffled(value: unknown, random: () => number): unknown {
  if (Array.isArray(value)) return value.map((each) => shuffled(each, random));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, each]) => [random(), name, shuffled(each, random)] as const);
  return Object.fromEntries(fields.sort(([one], [other]) => one - other).map(([, name, each]) => [name, each]));
}

/** Places of every value within another, each with what it takes to change it. */
function changes(value: unknown, change: (inner: unknown) => unknown = (inner) => inner): (() => unknown)[] {
  if (typeof value === 'string') return [() => change(`${value}!`)];
  if (typeof value === 'number') return [() => change(value + 1)];
  if (typeof value === 'boolean') return [() => change(!value)];
  if (Array.isArray(value)) {
    return [
      ...value.flatMap((each, index) => changes(each, (inner) => change(value.toSpliced(index, 1, inner)))),
      ...value.map((_, index) => () => change(value.toSpliced(index, 1))),
      ...(typeof value[0] === 'object' ? [] : [() => change([...(value as unknown[]), 'more'])]),
    ];
  }
  if (typeof value !== 'object' || value === null) return [() => change('something')];
  return Object.entries(value)
    .filter(([name]) => name !== 'param' && name !== 'role')
    .flatMap(([name, each]) => changes(each, (inner) => change({ ...value, [name]: inner })));
}

describe(requestKey.name, () => {
  it('does not see the order of fields', () => {
    fc.assert(
      fc.property(completionRequests(), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (request, stream) => {
        expect(keyOf(shuffled(request, () => stream.next().value as number) as CompletionRequest)).toBe(keyOf(request));
      }),
    );
  });

  it('sees every change', () => {
    fc.assert(
      fc.property(completionRequests(), (request) => {
        const keys = changes({ ...request, vendorParameters: { temperature: 0.5, logit_bias: { a: 1 } } }).map((change) => keyOf(change() as CompletionRequest));
        expect(new Set([...keys, keyOf(request)]).size).toBe(keys.length + 1);
      }),
      { numRuns: 30 },
    );
  });

  it('sees who asks, of whom, and whether the answer is cleaned', () => {
    const request = decodeSimpleRequest({ prompt: 'hi' });
    const others: Asker[] = [
      { ...asker, owner: 'two' },
      { ...asker, redacted: false },
      { ...asker, id: { provider: 'openai', model: 'other' } },
      { ...asker, id: { provider: 'openai/gpt', model: '' } },
      { ...asker, id: { provider: 'other', model: 'gpt' } },
    ];
    expect(new Set([asker, ...others].map((each) => requestKey(request, each))).size).toBe(6);
  });

  it.each([
    { stream: true },
    { stream_options: { include_usage: true } },
    { n: 1 },
    { stop: null },
    { temperature: null },
    { tools: [] },
    { fallback: false },
    { cache: 5 },
    { response_format: { type: 'text' } },
    { max_completion_tokens: 7, max_tokens: undefined },
    { messages: [{ content: [{ text: 'hi', type: 'text' }], role: 'user' }] },
  ])('does not see what changes nothing: %j', (more) => {
    const body = { model: 'x', max_tokens: 7, messages: [{ role: 'user', content: 'hi' }] };
    expect(keyOf(decodeRequest({ ...body, ...more }))).toBe(keyOf(decodeRequest(body)));
    expect(keyOf(decodeSimpleRequest({ prompt: 'hi', max_tokens: 7 }))).toBe(keyOf(decodeRequest(body)));
  });

  it('sees fields that are named like what objects have of their own', () => {
    const keys = ['{"__proto__":1}', '{"__proto__":2}', '{"constructor":1}', '{"toJSON":1}', '{"param":1}', '{"param":2}', '{}'].map((text) =>
      keyOf({ ...decodeSimpleRequest({ prompt: 'hi' }), vendorParameters: { odd: JSON.parse(text) as unknown } }),
    );
    expect(new Set(keys).size).toBe(7);
  });

  it('does not see where a part stands in its body', () => {
    const image = (param: string): CompletionRequest => ({
      ...decodeSimpleRequest({ prompt: 'hi' }),
      messages: [{ role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: 'aaaa', param }] }],
    });
    expect(keyOf(image('messages[0].content[0]'))).toBe(keyOf(image('messages[1].content[0]')));
  });
});
