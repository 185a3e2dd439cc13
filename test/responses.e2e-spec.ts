import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { type ResponseStreamEvent } from 'openai/resources/responses/responses';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventFault, schemaFault } from './support/openai-schema.js';
import { ResponseRuns } from '../src/runs/response-runs.js';

const tool: OpenAI.Responses.FunctionTool = {
  type: 'function',
  name: 'get_weather',
  strict: false,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};

describe('responses of the demo agent', () => {
  jest.setTimeout(60_000);
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: JSON.stringify({ one: { key: 'sk-one' }, two: { key: 'sk-two' } }) });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-one', maxRetries: 0 });
  });
  afterAll(() => gateway.close());
  const other = (): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'sk-two', maxRetries: 0 });

  it('answers a text, valid by the published schema', async () => {
    const response = await client.responses.create({ model: 'demo', instructions: 'Be brief.', input: 'Hello there', metadata: { a: 'b' } });
    expect(response).toMatchObject({ object: 'response', status: 'completed', model: 'demo', instructions: 'Be brief.', metadata: { a: 'b' }, error: null });
    expect(response.output_text).toContain('Hello there');
    expect(response.usage?.total_tokens).toBe((response.usage?.input_tokens ?? 0) + (response.usage?.output_tokens ?? 0));
    expect(schemaFault('Response', await client.responses.retrieve(response.id))).toBeUndefined();
  });

  it('streams the whole sequence of events, each valid, which add up to the response', async () => {
    const events: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create({ model: 'demo', input: 'Hello there', stream: true })) events.push(event);
    expect(events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1])).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.map(({ sequence_number: sequence }) => sequence)).toEqual(events.map((_, index) => index));
    for (const event of events) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
    const text = events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    const last = events.at(-1);
    expect(last?.type === 'response.completed' && last.response.output[0]).toMatchObject({ type: 'message', content: [{ type: 'output_text', text }] });
    expect(last?.type === 'response.completed' && (await client.responses.retrieve(last.response.id))).toMatchObject({ status: 'completed', output: [{ content: [{ text }] }] });
  });

  it('goes on from an earlier response, its own alone', async () => {
    const first = await client.responses.create({ model: 'demo', input: 'My name is Ada.' });
    const second = await client.responses.create({ model: 'demo', input: 'And now?', previous_response_id: first.id });
    expect(second.output_text).toContain('turn 2');
    await expect(other().responses.create({ model: 'demo', input: 'x', previous_response_id: first.id })).rejects.toBeInstanceOf(NotFoundError);
    await expect(other().responses.retrieve(first.id)).rejects.toBeInstanceOf(NotFoundError);
    await client.responses.delete(first.id);
    await expect(client.responses.retrieve(first.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(client.responses.create({ model: 'demo', input: 'x', previous_response_id: first.id })).rejects.toMatchObject({ status: 404, param: 'previous_response_id' });
    const unkept = await client.responses.create({ model: 'demo', input: 'x', store: false });
    await expect(client.responses.retrieve(unkept.id)).rejects.toBeInstanceOf(NotFoundError);
  });

  it('calls functions, and goes on with their results by either way', async () => {
    const question = 'Use get_weather for Paris.';
    const called = await client.responses.create({ model: 'demo', input: question, tools: [tool] });
    const [item] = called.output;
    expect(item).toMatchObject({ type: 'function_call', name: 'get_weather', status: 'completed' });
    if (item?.type !== 'function_call') throw new Error('no call');
    expect(schemaFault('Response', JSON.parse(JSON.stringify(called)))).toBeUndefined();
    const result = { type: 'function_call_output' as const, call_id: item.call_id, output: 'sunny' };
    const linked = await client.responses.create({ model: 'demo', input: [result], tools: [tool], previous_response_id: called.id });
    expect(linked.output_text).toContain('sunny');
    const whole = await client.responses.create({ model: 'demo', input: [{ role: 'user', content: question }, item, result], tools: [tool] });
    expect(whole.output_text).toContain('sunny');
    const missing = await client.responses
      .create({ model: 'demo', input: [{ role: 'user', content: question }, item, { role: 'user', content: 'x' }], tools: [tool] })
      .catch((error: unknown) => error);
    expect(missing).toBeInstanceOf(BadRequestError);
    expect((missing as BadRequestError).message).toContain(item.call_id);
  });

  it('streams calls, custom tools by their free text, namespaces by their names', async () => {
    const tools = [
      { type: 'custom', name: 'run_code', description: 'Runs code.' },
      { type: 'namespace', name: 'files', description: 'Files.', tools: [{ type: 'function', name: 'read', parameters: { type: 'object', properties: {} } }] },
      { type: 'web_search' },
    ] as unknown as OpenAI.Responses.Tool[];
    const { data, response } = await client.responses.create({ model: 'demo', input: 'Use run_code now.', tools, stream: true }).withResponse();
    const events: ResponseStreamEvent[] = [];
    for await (const event of data) events.push(event);
    expect(response.headers.get('x-shellm-ignored-params')).toContain('web_search');
    const deltas = events.map((event) => (event.type === 'response.custom_tool_call_input.delta' ? event.delta : '')).join('');
    const done = events.find(({ type }) => type === 'response.output_item.done') as unknown as { item: { type: string; name: string; input: string } };
    expect(done.item).toMatchObject({ type: 'custom_tool_call', name: 'run_code', input: deltas });
    expect(deltas).not.toContain('{');
    for (const event of events) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
    const named = await client.responses.create({ model: 'demo', input: 'Use files__read now.', tools });
    expect(named.output[0]).toMatchObject({ type: 'function_call', name: 'read', namespace: 'files' });
  });

  it('answers by a schema', async () => {
    const format = {
      type: 'json_schema',
      name: 'place',
      schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
    } as const;
    const response = await client.responses.create({ model: 'demo', input: 'Where?', text: { format } });
    expect(JSON.parse(response.output_text)).toEqual({ city: expect.any(String) });
  });

  it('makes a response in the background, tells it from any event on, and ends it', async () => {
    const queued = await client.responses.create({ model: 'demo', input: '[[demo words=10 delay=30]]', background: true });
    expect(queued).toMatchObject({ status: 'queued', background: true, output: [] });
    const events: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.retrieve(queued.id, { stream: true })) events.push(event);
    expect(events.at(-1)?.type).toBe('response.completed');
    const after = 5;
    const rest: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.retrieve(queued.id, { stream: true, starting_after: after })) rest.push(event);
    expect(rest).toEqual(events.slice(after + 1));
    expect(await client.responses.retrieve(queued.id)).toMatchObject({ status: 'completed' });
    const long = await client.responses.create({ model: 'demo', input: '[[demo words=500 delay=50]]', background: true });
    expect(await client.responses.cancel(long.id)).toMatchObject({ status: 'cancelled' });
    expect(await client.responses.retrieve(long.id)).toMatchObject({ status: 'cancelled' });
    const failed = await client.responses.create({ model: 'demo', input: '[[demo fail=before]]', background: true });
    for await (const event of await client.responses.retrieve(failed.id, { stream: true })) events.push(event);
    expect(events.at(-1)?.type).toBe('response.failed');
  });

  it('is ended and deleted by a client that names the type of a body that it does not send', async () => {
    const headers = { 'content-type': 'application/json', authorization: 'Bearer sk-one' };
    const { id } = await client.responses.create({ model: 'demo', input: '[[demo words=500 delay=50]]', background: true });
    expect(await call(`${gateway.url}/v1/responses/${id}/cancel`, { method: 'POST', headers })).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    expect(await call(`${gateway.url}/v1/responses/${id}`, { method: 'DELETE', headers })).toMatchObject({ status: 200, body: { deleted: true } });
  });

  it('is refused before its turn where it is too long to be kept', async () => {
    const input = 'x'.repeat(9 * 1024 ** 2);
    for (const more of [{}, { stream: true }, { background: true }]) {
      const { status, body } = await call(`${gateway.url}/v1/responses`, { headers: { authorization: 'Bearer sk-one' }, body: { model: 'demo', input, ...more } });
      expect([status, body.error]).toMatchObject([400, { code: 'context_length_exceeded', param: 'store' }]);
    }
    expect((await client.responses.create({ model: 'demo', input, store: false })).status).toBe('completed');
  });

  it.each(['?stream=1', '?stream=true&stream=true', '/input_items?order=up', '/input_items?after=nobody', '/input_items?limit=0'])('refuses %s', async (query) => {
    const { id } = await client.responses.create({ model: 'demo', input: 'hi' });
    const { status, body } = await call(`${gateway.url}/v1/responses/${id}${query}`, { headers: { authorization: 'Bearer sk-one' } });
    expect([status, body.error.code]).toEqual([400, 'invalid_parameter']);
  });

  it('refuses at once what nobody would serve, in the background too', async () => {
    await expect(client.responses.create({ model: 'codex/gpt-5.5', input: 'x', background: true })).rejects.toMatchObject({ status: 503, code: 'provider_unavailable' });
    const unanswered = [
      { role: 'user' as const, content: 'x' },
      { type: 'function_call' as const, call_id: 'c', name: 'f', arguments: '{}' },
      { role: 'user' as const, content: 'y' },
    ];
    await expect(client.responses.create({ model: 'demo', input: unanswered, background: true })).rejects.toMatchObject({ status: 400, param: 'input' });
  });

  it('streams a response in the background from its place in the queue on, and goes on when its client has left', async () => {
    const stream = await client.responses.create({ model: 'demo', input: '[[demo words=20 delay=20]]', background: true, stream: true });
    const events: ResponseStreamEvent[] = [];
    for await (const event of stream) {
      events.push(event);
      if (event.type === 'response.output_text.delta') break;
    }
    expect(events.slice(0, 3).map(({ type }) => type)).toEqual(['response.created', 'response.queued', 'response.in_progress']);
    for (const event of events) expect([event.type, eventFault(event)]).toEqual([event.type, undefined]);
    const [{ response }] = events as unknown as [{ response: OpenAI.Responses.Response }];
    for await (const event of await client.responses.retrieve(response.id, { stream: true, starting_after: events.at(-1)!.sequence_number })) events.push(event);
    expect(events.map(({ sequence_number: sequence }) => sequence)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { id: response.id, output: [{ content: [{ text: expect.stringMatching(/word20$/) }] }] } });
    await expect(client.responses.retrieve(response.id, { stream: true, starting_after: -2 })).rejects.toMatchObject({ status: 400, param: 'starting_after' });
    await expect(client.responses.retrieve((await client.responses.create({ model: 'demo', input: 'x' })).id, { stream: true })).rejects.toMatchObject({
      status: 400,
      param: 'stream',
    });
  });

  it('takes items by their ids alone, its own client’s', async () => {
    const called = await client.responses.create({ model: 'demo', input: 'Use get_weather for Paris.', tools: [tool] });
    const [item] = called.output as [OpenAI.Responses.ResponseFunctionToolCall];
    const input: OpenAI.Responses.ResponseInput = [
      { role: 'user', content: 'Use get_weather for Paris.' },
      { type: 'item_reference', id: item.id! },
      { type: 'function_call_output', call_id: item.call_id, output: 'sunny' },
    ];
    const answer = await client.responses.create({ model: 'demo', tools: [tool], input });
    expect(answer.output_text).toContain('sunny');
    await expect(other().responses.create({ model: 'demo', tools: [tool], input })).rejects.toMatchObject({ status: 404, param: 'input[1].id' });
    await expect(client.responses.create({ model: 'demo', input: [{ type: 'item_reference', id: 'msg_1' }] })).rejects.toMatchObject({ status: 404, param: 'input[0].id' });
    const { data } = await client.responses.inputItems.list(answer.id, { order: 'asc' });
    expect(data.map(({ type }) => type)).toEqual(['message', 'function_call', 'function_call_output']);
    expect((await client.responses.inputItems.list(answer.id, { limit: 1 })).data).toEqual([data[2]]);
    const listed: string[] = [];
    for await (const { type } of client.responses.inputItems.list(answer.id, { limit: 2 })) listed.push(type);
    expect(listed).toEqual(['function_call_output', 'function_call', 'message']);
  });

  it('keeps what a system message of the input says, not what the instructions say', async () => {
    const first = await client.responses.create({
      model: 'demo',
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'In verse.' },
        { role: 'user', content: 'x' },
      ],
    });
    const { system } = await gateway.app.get(ResponseRuns).historyOf(first.id, 'client:one');
    expect(system).toEqual(['In verse.']);
  });

  it.each(['%00', 'resp_1', 'a'.repeat(101), "'; drop table responses; --"])('knows no response %s', async (id) => {
    const { status } = await call(`${gateway.url}/v1/responses/${id.startsWith('%') ? id : encodeURIComponent(id)}`, { headers: { authorization: 'Bearer sk-one' } });
    expect(status).toBe(404);
  });

  it('tells a failure in the stream, and one before it as a status', async () => {
    const events: ResponseStreamEvent[] = [];
    for await (const event of await client.responses.create({ model: 'demo', input: '[[demo fail=after words=4]]', stream: true })) events.push(event);
    expect(events.at(-1)).toMatchObject({ type: 'response.failed', response: { status: 'failed', error: { code: 'server_error' } } });
    await expect(client.responses.create({ model: 'demo', input: '[[demo fail=before]]', stream: true })).rejects.toMatchObject({ status: 502 });
    const cut = await client.responses.create({ model: 'demo', input: '[[demo words=50]]', max_output_tokens: 16 });
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
  });

  it.each<[object, string]>([
    [{ input: 5 }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [{ role: 'user', content: [{ type: 'video' }] }] }, 'input[0].content[0].type'],
    [{ input: 'x', conversation: 'conv_1' }, 'conversation'],
    [{ input: 'x', background: true, store: false }, 'store'],
    [{ input: 'x', tools: [{ type: 'function', name: 'a b' }] }, 'tools[0].name'],
    [
      {
        input: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      'input',
    ],
  ])('refuses %j and names %s', async (body, param) => {
    const { status, body: answer } = await call(`${gateway.url}/v1/responses`, { body: { model: 'demo', ...body }, headers: { authorization: 'Bearer sk-one' } });
    expect([status, answer.error.param]).toEqual([400, param]);
  });
});

describe('responses in the background, more than can be made at once', () => {
  jest.setTimeout(60_000);
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_MAX_CONCURRENT: '1', SHELLM_QUEUE_DEPTH: '1', SHELLM_QUEUE_TIMEOUT_MS: '100' });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());

  it('wait for their turn, also where the queue is full or slow, and can be cancelled meanwhile', async () => {
    const start = (): Promise<OpenAI.Responses.Response> => client.responses.create({ model: 'demo', input: '[[demo words=10 delay=50]]', background: true });
    const [first, second, third, fourth] = [await start(), await start(), await start(), await start()];
    expect(await client.responses.cancel(fourth.id)).toMatchObject({ status: 'cancelled', output: [] });
    for (const { id } of [first, second, third]) {
      let last: ResponseStreamEvent | undefined;
      for await (const event of await client.responses.retrieve(id, { stream: true })) last = event;
      expect(last?.type).toBe('response.completed');
    }
  });
});
