import { afterAll, describe, expect, it } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { type Expectation, expectationOf } from './expectation.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Provider } from '../providers/provider.js';
import { ClientSchemas } from '../schema-worker/client-schemas.js';
import { completionRequest } from '../../test/support/completion-request.js';

const plain = completionRequest([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], { system: ['be brief'] });
const cli = { id: 'gemini', kind: 'cli' } as const;
const native = { id: 'claude', kind: 'cli', takesFormat: () => true } as const;
const api = { id: 'openai', kind: 'api' } as const;
const object = { ...plain, responseFormat: { type: 'json-object' } } as const;
const schema = { ...plain, responseFormat: { type: 'json-schema', name: 'n', schema: { type: 'object', required: ['a'] } } } as const;
const tools = { ...plain, tools: [{ name: 'f' }, { name: 'g' }] } as const;

const schemas = new ClientSchemas();
afterAll(() => schemas.onApplicationShutdown());

type Asked = [Pick<Provider, 'id' | 'kind' | 'takesFormat'>, CompletionRequest, boolean];
const never = new AbortController().signal;
const expected = (...[provider, request, streamed]: Asked): Promise<Expectation | undefined> => lastValueFrom(expectationOf(provider, request, { owner: 'me', streamed, schemas }));

const calls = (name: string): Parameters<Expectation['settles']>[0] => ({ type: 'tool-call-start', block: 0, callId: 'c', name });

describe(expectationOf.name, () => {
  it.each<[string, Asked]>([
    ['a plain answer', [cli, plain, false]],
    ['functions that may be called', [cli, tools, false]],
    ['functions that may not', [cli, { ...tools, toolChoice: 'none' }, false]],
    ['a call where there is no function', [cli, { ...plain, toolChoice: 'required' }, false]],
    ['an API with a schema', [api, schema, true]],
    ['an API with a call', [api, { ...tools, toolChoice: 'required' }, true]],
  ])('nothing of %s', async (_, asked) => {
    expect(await expected(...asked)).toBeUndefined();
  });

  it.each<[string, Asked, object]>([
    ['an object', [cli, object, true], { held: true, request: { responseFormat: { type: 'text' }, system: ['be brief', expect.stringContaining('a single JSON object')] } }],
    ['an object, where schemas are native', [native, object, true], { held: true, request: { responseFormat: { type: 'text' } } }],
    [
      'a schema',
      [cli, schema, true],
      { held: true, request: { responseFormat: { type: 'text' }, system: ['be brief', expect.stringMatching(/\nJSON Schema: \{"type":"object","required":\["a"\]\}$/)] } },
    ],
    ['a native schema, whole', [native, schema, false], { held: true, request: schema }],
    ['a native schema, streamed', [native, schema, true], { held: false, request: schema }],
    ['a call', [cli, { ...tools, toolChoice: 'required' }, true], { held: true, request: { tools: tools.tools } }],
    [
      'a call before a native schema',
      [native, { ...schema, tools: tools.tools, toolChoice: 'required' }, true],
      { held: true, request: { responseFormat: schema.responseFormat } },
    ],
  ])('%s', async (_, asked, what) => {
    expect(await expected(...asked)).toMatchObject(what);
  });

  it('judges JSON: with words around it where it is held, exactly where it is not', async () => {
    const text = 'Here: {"a": 1}';
    expect(await (await expected(cli, schema, true))?.judge(text, never)).toEqual({ text: '{"a": 1}' });
    expect(await (await expected(native, schema, true))?.judge(text, never)).toMatchObject({ error: { code: 'invalid_structured_output', shouldRetry: false } });
    expect(await (await expected(cli, schema, false))?.judge('{}', never)).toMatchObject({
      complaint: expect.stringContaining("must have required property 'a'"),
      error: { message: 'The answer of "gemini" does not fit response_format: the value must have required property \'a\'.' },
    });
  });

  it('any call settles a form, the named one a named choice', async () => {
    expect((await expected(cli, { ...schema, tools: tools.tools }, true))?.settles(calls('f'))).toBe(true);
    const named = await expected(cli, { ...tools, toolChoice: { name: 'g' } }, true);
    expect([named?.settles(calls('f')), named?.settles(calls('g'))]).toEqual([false, true]);
    expect(await named?.judge('{"a":1}', never)).toMatchObject({ complaint: expect.stringContaining('"g"'), error: { code: 'upstream_error' } });
  });

  it('refuses a schema that cannot be used', async () => {
    const format = { type: 'json-schema', name: 'n', schema: { $ref: 'http://127.0.0.1/x' } } as const;
    await expect(expected(cli, { ...plain, responseFormat: format }, false)).rejects.toEqual(expect.objectContaining({ code: 'invalid_parameter', param: 'response_format' }));
  });
});
