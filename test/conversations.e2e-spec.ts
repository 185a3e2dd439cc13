import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { dirname, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, converse, MockVendor } from './support/mock-vendor.js';

const fakeClaude = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const ID = /^conv_[0-9a-f]{48}$/;
const keys = { one: 'key-of-one-12345678', two: 'key-of-two-12345678', narrow: 'key-of-narrow-12345678' };

type Told = Awaited<ReturnType<typeof call>>;
interface Sent {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

describe('conversations', () => {
  let vendor: MockVendor;
  let spare: MockVendor;
  let gateway: Gateway;
  beforeAll(async () => {
    [vendor, spare] = [await MockVendor.start(), await MockVendor.start()];
    gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_CLAUDE_BIN: fakeClaude,
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      CEREBRAS_API_KEY: 'sk-y',
      CEREBRAS_BASE_URL: `${spare.url}/v1`,
      SHELLM_FALLBACK_CHAIN: 'openai,cerebras',
      SHELLM_PROVIDERS: 'demo,openai,cerebras,claude',
      SHELLM_CLIENTS: JSON.stringify({ one: { key: keys.one }, two: { key: keys.two }, narrow: { key: keys.narrow, models: ['openai/*'] } }),
      SHELLM_QUEUE_TIMEOUT_MS: '400',
      SHELLM_REQUEST_TIMEOUT_MS: '5000',
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await spare.close();
  });

  const as = (client: keyof typeof keys, method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Told> =>
    call(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${keys[client]}`, ...headers }, body });
  const begin = async (body?: object): Promise<string> => ((await as('one', 'POST', '/conversations', body)).body as { id: string }).id;
  const ask = (id: unknown, content: string, more: object = {}, headers: Record<string, string> = {}): Promise<Told> =>
    as('one', 'POST', '/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content }], conversation_id: id, ...more }, headers);
  const kept = async (id: string): Promise<Told['body']> => (await as('one', 'GET', `/conversations/${id}`)).body as unknown;
  const textsOf = ({ messages }: { messages: readonly { content: string }[] }): string[] => messages.map(({ content }) => content);
  const sent = (to = vendor): Sent[] => to.requests.map(({ body }) => JSON.parse(body) as Sent);
  const codeOf = ({ status, body }: Told): unknown[] => [status, body.error?.code, body.error?.param];

  it('are begun, looked at, listed and deleted by the client that they belong to', async () => {
    const begun = await as('one', 'POST', '/conversations', { system: 'Be brief.', metadata: { topic: 'x' } });
    const object = { id: expect.stringMatching(ID), object: 'conversation', metadata: { topic: 'x' }, provider: null, model: null, turns: 0 };
    expect([begun.status, begun.body]).toEqual([201, { ...object, system: 'Be brief.', created_at: expect.any(Number), last_used_at: expect.any(Number) }]);
    const { id } = begun.body as { id: string };
    expect(await kept(id)).toEqual({ ...begun.body, messages: [] });
    const other = await begin();
    const list = await as('one', 'GET', '/conversations?limit=1');
    expect(list.body).toMatchObject({ object: 'list', data: [{ id: other }], first_id: other, last_id: other, has_more: true });
    expect((await as('one', 'GET', `/conversations?limit=1&after=${other}`)).body).toMatchObject({ data: [{ id, metadata: { topic: 'x' } }] });
    expect((await as('two', 'GET', '/conversations')).body).toEqual({ object: 'list', data: [], first_id: null, last_id: null, has_more: false });
    for (const method of ['GET', 'DELETE']) expect(codeOf(await as('two', method, `/conversations/${id}`))).toEqual([404, 'not_found', 'id']);
    expect(codeOf(await as('two', 'POST', '/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'x' }], conversation_id: id }))).toEqual([
      404,
      'not_found',
      'conversation_id',
    ]);
    expect((await as('one', 'DELETE', `/conversations/${id}`)).body).toEqual({ id, object: 'conversation', deleted: true });
    expect(codeOf(await as('one', 'GET', `/conversations/${id}`))).toEqual([404, 'not_found', 'id']);
    expect(codeOf(await ask(id, 'x'))).toEqual([404, 'not_found', 'conversation_id']);
  });

  it.each<[string, string, unknown, unknown[]]>([
    ['POST', '/conversations', [], [400, 'invalid_parameter', 'body']],
    ['POST', '/conversations', { system: 1 }, [400, 'invalid_parameter', 'system']],
    ['POST', '/conversations', { items: [] }, [400, 'invalid_parameter', 'items']],
    ['POST', '/conversations', { metadata: { a: 1 } }, [400, 'invalid_parameter', 'metadata.a']],
    ['GET', '/conversations?limit=101', undefined, [400, 'invalid_parameter', 'limit']],
    ['GET', '/conversations?after=conv_x', undefined, [404, 'not_found', 'after']],
    ['GET', `/conversations?after=conv_${'0'.repeat(48)}`, undefined, [404, 'not_found', 'after']],
    ['GET', '/conversations/%00', undefined, [404, 'not_found', 'id']],
    ['DELETE', '/conversations/conv_1', undefined, [404, 'not_found', 'id']],
    ['PUT', '/conversations/conv_1', {}, [405, 'method_not_allowed', null]],
  ])('refuse %s %s %j', async (method, path, body, refusal) => {
    expect(codeOf(await as('one', method, path, body))).toEqual(refusal);
  });

  it.each<[string, unknown, Record<string, string>, unknown[]]>([
    ['no string', 5, {}, [400, 'invalid_parameter', 'conversation_id']],
    ['no id', 'mine', {}, [404, 'not_found', 'conversation_id']],
    ['an unknown one', `conv_${'0'.repeat(48)}`, {}, [404, 'not_found', 'conversation_id']],
    ['a session beside it', `conv_${'0'.repeat(48)}`, { 'x-shellm-session-id': 'new' }, [400, 'invalid_parameter', 'conversation_id']],
    ['a session of Claude beside it', `conv_${'0'.repeat(48)}`, { 'x-claude-session-id': '00000000-0000-4000-8000-000000000000' }, [400, 'invalid_parameter', 'conversation_id']],
  ])('refuse a turn with %s', async (_, id, headers, refusal) => {
    converse(vendor);
    expect(codeOf(await ask(id, 'x', {}, headers))).toEqual(refusal);
    for (const path of ['/completions', '/completions/stream'])
      expect(codeOf(await as('one', 'POST', path, { prompt: 'x', provider: 'openai', conversation_id: id }, headers))).toEqual(refusal);
    expect(vendor.requests).toEqual([]);
  });

  it('are served by any provider, turn by turn, each of which is told all of it in its roles', async () => {
    const id = await begin({ system: 'Be brief.' });
    converse(vendor);
    converse(spare);
    expect((await ask(id, 'first')).headers.get('x-shellm-provider')).toBe('openai');
    const streamed = await ask(id, 'second', { model: 'cerebras/llama', stream: true, stream_options: { include_usage: true } });
    expect([streamed.headers.get('x-shellm-provider'), String(streamed.body)]).toEqual(['cerebras', expect.stringContaining('answer 2')]);
    const claude = await ask(id, '[[fake fine]]', { model: 'gpt-4o' }, { 'x-claude-code': 'true' });
    expect([claude.status, claude.headers.get('x-shellm-provider'), claude.headers.get('x-shellm-session-id')]).toEqual([200, 'claude', null]);
    const simple = await as('one', 'POST', '/completions', { prompt: 'fourth', provider: 'demo', conversation_id: id });
    expect([simple.status, simple.body.content]).toEqual([200, expect.stringContaining('turn 4 of this conversation')]);
    const last = await as('one', 'POST', '/completions/stream', { prompt: 'fifth', provider: 'openai', model: 'gpt-mock', conversation_id: id });
    expect(String(last.body)).toContain('answer 5');
    const all = [
      ['first', 'answer 1'],
      ['second', 'answer 2'],
      ['[[fake fine]]', 'whole answer'],
      ['fourth', simple.body.content as string],
      ['fifth', 'answer 5'],
    ].flatMap(([asked, told]) => [
      { role: 'user', content: asked },
      { role: 'assistant', content: told },
    ]);
    const system = { role: 'system', content: 'Be brief.' };
    expect(sent().map(({ messages }) => messages)).toEqual([
      [system, ...all.slice(0, 1)],
      [system, ...all.slice(0, 9)],
    ]);
    expect(sent(spare)[0]?.messages).toEqual([system, ...all.slice(0, 3)]);
    expect(await kept(id)).toMatchObject({ system: 'Be brief.', turns: 5, provider: 'openai', model: 'gpt-mock', messages: all });
  });

  it('take a turn from the openai client, and the whole conversation again from one that keeps it', async () => {
    const id = await begin();
    converse(vendor);
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.one, maxRetries: 0 });
    const create = async (messages: object[]): Promise<string | null | undefined> => {
      const params = { model: 'openai/gpt-mock', messages, conversation_id: id } as unknown as OpenAI.ChatCompletionCreateParamsNonStreaming;
      return (await client.chat.completions.create(params)).choices[0]?.message.content;
    };
    expect(await create([{ role: 'user', content: 'first' }])).toBe('answer 1');
    const again = [
      { role: 'user', content: 'in other words' },
      { role: 'assistant', content: 'answer 1' },
      { role: 'user', content: 'second' },
    ];
    expect(await create([{ role: 'developer', content: 'Be long.' }, ...again])).toBe('answer 2');
    expect(await kept(id)).toMatchObject({
      system: 'Be long.',
      turns: 2,
      messages: [{ content: 'first' }, { content: 'answer 1' }, { content: 'second' }, { content: 'answer 2' }],
    });
    await expect(client.chat.completions.create({ model: 'demo', messages: [], conversation_id: id } as never)).rejects.toThrow(OpenAI.BadRequestError);
  });

  it('take a template as a turn', async () => {
    await as('one', 'PUT', '/templates/ask', { template: 'Ask {{what}}', system: 'Be {{mood}}.' });
    const id = await begin({ system: 'Be brief.' });
    converse(vendor);
    await ask(id, 'first');
    await ask(id, '', { messages: undefined, template: 'ask', variables: { what: 'why', mood: 'kind' } });
    expect(sent()[1]?.messages).toEqual([
      { role: 'system', content: 'Be kind.' },
      ...['first', 'answer 1', 'Ask why'].map((content, index) => ({ role: index === 1 ? 'assistant' : 'user', content })),
    ]);
  });

  it('go on with the results of calls', async () => {
    const id = await begin();
    const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object', properties: { at: { type: 'string' } } } } }];
    const called = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } };
    vendor.stream([chunkFrame({ role: 'assistant', content: null, tool_calls: [called] }), chunkFrame({}, 'tool_calls'), 'data: [DONE]\n\n']);
    const first = await ask(id, 'look', { tools });
    expect(first.body.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { tool_calls: [{ id: 'call_1' }] } });
    converse(vendor);
    const unanswered = await ask(id, 'and?', { tools });
    expect(codeOf(unanswered)).toEqual([400, 'invalid_parameter', 'messages']);
    const second = await ask(id, '', { tools, messages: [{ role: 'tool', tool_call_id: 'call_1', content: 'seen' }] });
    expect(second.body.choices[0].message.content).toBe('answer 1');
    const messages = [
      { role: 'user', content: 'look' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"at":"it"}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'seen' },
    ];
    expect(sent().at(-1)?.messages).toEqual(messages);
    expect(await kept(id)).toMatchObject({ turns: 2, messages: [...messages, { role: 'assistant', content: 'answer 1' }] });
  });

  it('keep the answer of who stood in, and who that was', async () => {
    const id = await begin();
    vendor.json(500, { error: { message: 'broken' } });
    converse(spare);
    const told = await ask(id, 'first');
    expect([told.status, told.headers.get('x-shellm-provider'), told.headers.get('x-shellm-fallback')]).toEqual([200, 'cerebras', 'true']);
    expect(await kept(id)).toMatchObject({ turns: 1, provider: 'cerebras', messages: [{ content: 'first' }, { content: 'answer 1' }] });
  });

  it('ask no model that the key may not use, in no turn, nor in the place of another', async () => {
    const { id } = (await as('narrow', 'POST', '/conversations')).body as { id: string };
    converse(vendor);
    converse(spare);
    const turn = (model: string): Promise<Told> => as('narrow', 'POST', '/v1/chat/completions', { model, messages: [{ role: 'user', content: 'x' }], conversation_id: id });
    expect((await turn('openai/gpt-mock')).status).toBe(200);
    expect(codeOf(await turn('cerebras/llama'))).toEqual([403, 'model_not_allowed', 'model']);
    vendor.json(500, { error: { message: 'broken' } });
    expect((await turn('openai/gpt-mock')).status).toBe(502);
    expect([spare.requests, (await as('narrow', 'GET', `/conversations/${id}`)).body.turns]).toEqual([[], 1]);
  });

  it('keep what their client was told: without its secrets, and as far as the limit let it', async () => {
    const id = await begin();
    const secret = `sk-ant-api03-${'Ab1'.repeat(31)}AA`;
    vendor.stream([
      chunkFrame({ role: 'assistant', content: `It is ${secret.slice(0, 30)}` }),
      chunkFrame({ content: `${secret.slice(30)}, ok` }),
      chunkFrame({}, 'length'),
      'data: [DONE]\n\n',
    ]);
    const told = await ask(id, 'first');
    expect(told.body.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: expect.stringMatching(/^It is \[REDACTED:.*\], ok$/) } });
    expect(textsOf(await kept(id))).toEqual(['first', told.body.choices[0].message.content]);
  });

  it('stay as they were after a turn that fails, before the first byte and after it', async () => {
    const id = await begin();
    converse(vendor);
    await ask(id, 'first');
    const before = await kept(id);
    vendor.json(500, { error: { message: 'broken' } });
    expect((await ask(id, 'lost', { fallback: false })).status).toBe(502);
    vendor.json(400, { error: { message: 'refused', type: 'invalid_request_error', param: null, code: null } });
    expect((await ask(id, 'refused')).status).toBe(400);
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ role: 'assistant', content: 'half' }), () => setTimeout(() => response.destroy(), 20));
    });
    expect(String((await ask(id, 'lost too', { stream: true })).body)).toContain('"finish_reason":"error"');
    expect(codeOf(await ask(id, 'x', { model: 'nobody/nothing', provider: 'nobody' }))).toEqual([400, 'invalid_parameter', 'provider']);
    expect(await kept(id)).toEqual(before);
    converse(vendor);
    expect((await ask(id, 'second')).body.choices[0].message.content).toBe('answer 2');
  });

  it.each([true, false])('stay as they were when their client leaves in the middle, and are free again; stream: %s', async (stream) => {
    const id = await begin();
    converse(vendor);
    await ask(id, 'first');
    const before = await kept(id);
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ role: 'assistant', content: 'half' }));
    });
    const abort = new AbortController();
    const left = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.one}` },
      body: JSON.stringify({ model: 'openai/gpt-mock', stream, messages: [{ role: 'user', content: 'lost' }], conversation_id: id }),
    });
    if (stream) await (await left).body?.getReader().read();
    else await eventually(() => vendor.requests.length === 1);
    abort.abort();
    await left.catch(() => undefined);
    await eventually(() => vendor.aborted === 1);
    expect(await kept(id)).toEqual(before);
    converse(vendor);
    expect((await ask(id, 'second')).body.choices[0].message.content).toBe('answer 2');
  });

  it('take one turn at a time: the others wait, or are told that it is busy', async () => {
    const id = await begin();
    let finish: (() => void) | undefined;
    const held = new Promise<void>((go) => {
      finish = go;
    });
    vendor.answer(async (response, { body }) => {
      const { messages } = JSON.parse(body) as Sent;
      if (messages.at(-1)?.content === 'slow') await held;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end([chunkFrame({ role: 'assistant', content: `after ${String(messages.length)}` }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    });
    const slow = ask(id, 'slow');
    await eventually(() => vendor.requests.length === 1);
    const busy = await ask(id, 'impatient');
    expect([codeOf(busy), busy.headers.get('retry-after')]).toEqual([[409, 'session_busy', 'conversation_id'], '1']);
    finish?.();
    expect((await slow).status).toBe(200);
    const many = await Promise.all(Array.from({ length: 6 }, (_, index) => ask(id, `turn ${index}`)));
    expect(many.map(({ body }) => body.choices[0].message.content as string).sort()).toEqual(['after 11', 'after 13', 'after 3', 'after 5', 'after 7', 'after 9']);
    expect(await kept(id)).toMatchObject({ turns: 7 });
  });

  it('do not come back when they are deleted during a turn', async () => {
    const id = await begin();
    let finish: (() => void) | undefined;
    vendor.answer(async (response) => {
      await new Promise<void>((go) => {
        finish = go;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end([chunkFrame({ role: 'assistant', content: 'late' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    });
    const late = ask(id, 'first');
    await eventually(() => finish !== undefined);
    await as('one', 'DELETE', `/conversations/${id}`);
    finish?.();
    expect((await late).body.choices[0].message.content).toBe('late');
    expect((await as('one', 'GET', `/conversations/${id}`)).status).toBe(404);
  });
});
