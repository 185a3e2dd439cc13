import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { BadRequestError, NotFoundError } from 'openai';
import { KeyRing } from '../src/auth/key-ring.js';
import { parseNewKey } from '../src/auth/key-input.js';
import { Storage } from '../src/storage/storage.js';
import { BatchClient, type BatchResult, chatLine } from './support/batch-client.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { testStores, type TestDatabase } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const completion = (content: string): object => ({
  ...{ id: 'c', object: 'chat.completion', created: 1, model: 'gpt-mock', usage },
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});
const spoken = (body: string): string => (JSON.parse(body) as { messages: { content: string }[] }).messages.at(-1)!.content;

describe.each(await testStores())('batches, in $name', (kind) => {
  /** What does not hang on the database. */
  const once = (name: string, test: () => Promise<void>): void => {
    if (kind.name === 'SQLite') it(name, test);
  };
  jest.setTimeout(30_000);
  let at: TestDatabase;
  let vendor: MockVendor;
  let gateway: Gateway;
  let a: BatchClient;
  let b: BatchClient;
  beforeAll(async () => {
    at = await kind.make();
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      ...{ SHELLM_PROVIDERS: 'openai,demo', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${vendor.url}/v1`, SHELLM_MAX_CONCURRENT: '2', SHELLM_FALLBACK_CHAIN: 'demo' },
      SHELLM_CLIENTS: JSON.stringify({ a: { key: 'key-a' }, b: { key: 'key-b' }, demo: { key: 'key-demo', models: ['demo/*'] } }),
      ...(at.url === undefined ? {} : { DATABASE_URL: at.url, SHELLM_KEY_SECRET: 's'.repeat(40), SHELLM_WEBHOOK_SECRET: 's'.repeat(40) }),
    });
    [a, b] = [new BatchClient(gateway.url, 'key-a'), new BatchClient(gateway.url, 'key-b')];
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await at.remove();
  });

  const echo = (): void => {
    vendor.answer((response, { body }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion(`Echo: ${spoken(body)}`)));
    });
  };
  const textOf = ({ response }: BatchResult): string => response?.body.choices[0].message.content as string;

  it('answer every request once, whoever serves it, and tell of those that failed', async () => {
    echo();
    const lines = Array.from({ length: 40 }, (_, index) => chatLine(`r${index}`, index % 4 === 3 ? 'demo' : 'openai/gpt-mock', `say ${index}`));
    lines[5] = chatLine('r5', 'nobody-knows-it', 'x', { provider: 'demo-two' });
    lines[6] = { ...chatLine('r6', 'demo', 'x'), body: { model: 'demo', messages: 'none' } };
    lines[7] = chatLine('r7', 'demo', 'x', { n: 3 });
    const made = await a.start(lines, undefined, { metadata: { purpose: 'test' } });
    expect(made).toMatchObject({
      id: expect.stringMatching(/^batch_[0-9a-f]{32}$/),
      object: 'batch',
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      metadata: { purpose: 'test' },
    });
    expect(made.expires_at! - made.created_at).toBe(86_400);
    const batch = await a.over(made);
    expect(batch).toMatchObject({
      status: 'completed',
      errors: null,
      request_counts: { total: 40, completed: 37, failed: 3 },
      in_progress_at: expect.any(Number),
      completed_at: expect.any(Number),
      failed_at: null,
      cancelled_at: null,
    });
    const [output, errors] = [await a.results(batch.output_file_id), await a.results(batch.error_file_id)];
    expect(output.map(({ custom_id: id }) => id)).toEqual(lines.map((_, index) => `r${index}`).filter((id) => !['r5', 'r6', 'r7'].includes(id)));
    expect(output[0]).toEqual({
      id: expect.stringMatching(/^batch_req_/),
      custom_id: 'r0',
      response: { status_code: 200, request_id: expect.any(String), body: expect.objectContaining({ object: 'chat.completion' }) },
      error: null,
    });
    expect(textOf(output[0]!)).toBe('Echo: say 0');
    expect(textOf(output[3]!)).toContain('say 3');
    expect(errors).toMatchObject([
      { custom_id: 'r5', response: { status_code: 400, body: { error: { code: 'invalid_parameter' } } }, error: null },
      { custom_id: 'r6', response: { status_code: 400, body: { error: { param: 'messages' } } }, error: null },
      { custom_id: 'r7', response: { status_code: 400, body: { error: { code: 'unsupported_parameter', param: 'n' } } }, error: null },
    ]);
    expect(vendor.requests.filter(({ path }) => path === '/v1/chat/completions')).toHaveLength(28);
    expect(await a.openai.files.retrieve(batch.output_file_id!)).toMatchObject({ purpose: 'batch_output', filename: `${batch.id}_output.jsonl` });
    for (const ask of [() => b.openai.batches.retrieve(batch.id), () => b.openai.batches.cancel(batch.id), () => b.openai.files.content(batch.output_file_id!)])
      await expect(ask()).rejects.toBeInstanceOf(NotFoundError);
    await expect(b.openai.batches.create({ input_file_id: batch.input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' })).rejects.toBeInstanceOf(NotFoundError);
    expect((await b.openai.batches.list()).data).toEqual([]);
    await expect(a.openai.batches.cancel(batch.id)).rejects.toBeInstanceOf(BadRequestError);
  });

  once('run the requests of other endpoints', async () => {
    vendor.json(200, { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], model: 'gpt-mock', usage });
    const embeddings = await a.over(await a.start([{ custom_id: 'e', method: 'POST', url: '/v1/embeddings', body: { model: 'openai/gpt-mock', input: 'x' } }], '/v1/embeddings'));
    expect((await a.results(embeddings.output_file_id))[0]!.response!.body.data[0].embedding).toEqual([0.5]);
    const responses = await a.over(await a.start([{ custom_id: 'e', method: 'POST', url: '/v1/responses', body: { model: 'demo', input: 'hello' } }], '/v1/responses'));
    expect((await a.results(responses.output_file_id))[0]!.response!.body).toMatchObject({ object: 'response', status: 'completed' });
    await expect(a.start([chatLine('a', 'demo', 'x')], '/v1/moderations')).rejects.toMatchObject({ status: 400, param: 'endpoint' });
  });

  it('whose input is not as it should be fail, with the numbers of the lines', async () => {
    const good = JSON.stringify(chatLine('a', 'demo', 'x'));
    const cases: [string, string, { code: string; line: number | null; param?: string | null }[]][] = [
      ['no JSON', `${good}\n{"custom_id"`, [{ code: 'invalid_json_line', line: 2 }]],
      ['no object', `[1]\r\n\r\n${good}`, [{ code: 'invalid_json_line', line: 1 }]],
      ['deep JSON', `{"custom_id":"a","body":${'['.repeat(50_000)}`, [{ code: 'invalid_json_line', line: 1 }]],
      ['no custom_id', JSON.stringify({ method: 'POST', url: '/v1/chat/completions', body: {} }), [{ code: 'missing_required_parameter', line: 1, param: 'custom_id' }]],
      ['the same custom_id', `${good}\n${good}`, [{ code: 'duplicate_custom_id', line: 2, param: 'custom_id' }]],
      ['another url', good.replace('chat/', ''), [{ code: 'mismatched_url', line: 1, param: 'url' }]],
      ['another method', good.replace('POST', 'GET'), [{ code: 'invalid_method', line: 1, param: 'method' }]],
      ['a stream', JSON.stringify(chatLine('a', 'demo', 'x', { stream: true })), [{ code: 'invalid_body', line: 1, param: 'body.stream' }]],
      ['a prototype', good.replace('"model"', '"__pro\\u0074o__":{"x":1},"model"'), [{ code: 'invalid_body', line: 1, param: 'body' }]],
      ['blank lines', '\n \r\n\n', [{ code: 'empty_file', line: null }]],
    ];
    for (const [what, text, problems] of cases) {
      const batch = await a.over(await a.start(text));
      expect([what, batch]).toMatchObject([
        what,
        { status: 'failed', errors: { object: 'list', data: problems }, failed_at: expect.any(Number), output_file_id: null, error_file_id: null },
      ]);
    }
    const cut = await a.over(await a.start('x\n'.repeat(1000)));
    expect(cut.errors!.data).toHaveLength(100);
    const marked = await a.over(await a.start(`\ufeff${good}\r\n`));
    expect(marked).toMatchObject({ status: 'completed', request_counts: { total: 1, completed: 1, failed: 0 } });
  });

  once('are not made of what is none', async () => {
    const file = { input_file_id: 'file-0', endpoint: '/v1/chat/completions', completion_window: '24h' };
    const post = (body: object): ReturnType<typeof call> => call(`${gateway.url}/v1/batches`, { body: { ...file, ...body }, headers: { authorization: 'Bearer key-a' } });
    const cases: [object, number, string][] = [
      [{}, 404, 'id'],
      [{ input_file_id: 'x\0' }, 404, 'id'],
      [{ input_file_id: 5 }, 400, 'input_file_id'],
      [{ endpoint: '/completions' }, 400, 'endpoint'],
      [{ completion_window: '1h' }, 400, 'completion_window'],
      [{ metadata: { a: 1 } }, 400, 'metadata'],
      [{ metadata: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`k${index}`, ''])) }, 400, 'metadata'],
      [{ output_expires_after: { anchor: 'created_at', seconds: 1 } }, 400, 'output_expires_after[seconds]'],
    ];
    for (const [body, status, param] of cases) expect([body, await post(body)]).toMatchObject([body, { status, body: { error: { param } } }]);
    const done = await a.over(await a.start([chatLine('a', 'demo', 'x')], undefined, { output_expires_after: { anchor: 'created_at', seconds: 3600 } }));
    const output = await a.openai.files.retrieve(done.output_file_id!);
    expect(output.expires_at! - output.created_at).toBe(3600);
    expect(await post({ input_file_id: output.id })).toMatchObject({ status: 400, body: { error: { param: 'input_file_id', message: expect.stringContaining('purpose') } } });
  });

  once('wait for what passes by itself, and try again', async () => {
    const tries = new Map<string, number>();
    vendor.answer((response, { body }) => {
      const text = spoken(body);
      const tried = (tries.get(text) ?? 0) + 1;
      tries.set(text, tried);
      if (text === 'busy' && tried < 3) response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' }).end('{"error":{"message":"slow down"}}');
      else if (text === 'broken') response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"broken"}}');
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion(text)));
    });
    const ask = (text: string): object => chatLine(text, 'openai/gpt-mock', text, { fallback: false });
    const batch = await a.over(await a.start([ask('busy'), ask('broken'), ask('fine')]));
    expect((await a.results(batch.output_file_id)).map(textOf)).toEqual(['busy', 'fine']);
    expect(await a.results(batch.error_file_id)).toMatchObject([{ custom_id: 'broken', response: { status_code: 502, body: { error: { code: 'upstream_error' } } } }]);
    expect(tries).toEqual(
      new Map([
        ['busy', 3],
        ['broken', 1],
        ['fine', 1],
      ]),
    );
  });

  it('that are cancelled end what runs, and keep what is done', async () => {
    vendor.answer((response, { body }) => {
      if (spoken(body) === 'quick') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion('done')));
    });
    const lines = [chatLine('q', 'openai/gpt-mock', 'quick'), ...Array.from({ length: 600 }, (_, index) => chatLine(`s${index}`, 'openai/gpt-mock', 'slow'))];
    const made = await a.start(lines);
    await eventually(async () => (await a.openai.batches.retrieve(made.id)).request_counts!.completed === 1 && vendor.requests.length === 5, 5000);
    await a.openai.files.delete(made.input_file_id);
    expect((await a.openai.batches.cancel(made.id)).status).toBe('cancelling');
    const batch = await a.over(made);
    expect(batch).toMatchObject({
      status: 'cancelled',
      cancelling_at: expect.any(Number),
      cancelled_at: expect.any(Number),
      request_counts: { total: 601, completed: 1, failed: 600 },
    });
    expect((await a.results(batch.output_file_id)).map(({ custom_id: id }) => id)).toEqual(['q']);
    const errors = await a.results(batch.error_file_id);
    expect(errors).toHaveLength(600);
    expect(errors[0]).toMatchObject({ custom_id: 's0', response: null, error: { code: 'batch_cancelled' } });
    expect([vendor.aborted, vendor.requests.length]).toEqual([4, 5]);
    const { db } = gateway.app.get(Storage);
    expect(await db.selectFrom('files').select('id').where('id', '=', made.input_file_id).execute()).toEqual([]); // it was held until now
  });

  once('that made the gateway fail again and again are not run any more', async () => {
    vendor.answer(() => undefined);
    const { db } = gateway.app.get(Storage);
    const made = await a.start([chatLine('a', 'openai/gpt-mock', 'x')]);
    await eventually(() => vendor.requests.length === 1, 10_000);
    // As though it had been killed ten times: another run of it would be the next one.
    await db.updateTable('batches').set({ runs: 10, status: 'validating' }).where('id', '=', made.id).execute();
    const batch = await a.over(made);
    expect(batch).toMatchObject({ status: 'failed', errors: { data: [{ code: 'internal_error', message: expect.stringContaining('10 tries') }] } });
  });

  it('that are not over within a day end, with what is done', async () => {
    vendor.answer((response, { body }) => {
      if (spoken(body) === 'quick') response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion('done')));
    });
    const made = await a.start([chatLine('q', 'openai/gpt-mock', 'quick'), ...[1, 2, 3, 4].map((index) => chatLine(`s${index}`, 'openai/gpt-mock', 'slow'))]);
    await eventually(async () => (await a.openai.batches.retrieve(made.id)).request_counts!.completed === 1, 5000);
    const { db } = gateway.app.get(Storage);
    expect(vendor.aborted).toBe(0);
    await db
      .updateTable('batches')
      .set({ expires_at: Date.now() - 1 })
      .where('id', '=', made.id)
      .execute();
    const batch = await a.over(made);
    expect(batch).toMatchObject({ status: 'expired', expired_at: expect.any(Number), request_counts: { total: 5, completed: 1, failed: 4 } });
    expect((await a.results(batch.error_file_id)).map(({ error }) => error!.code)).toEqual(Array(4).fill('batch_expired'));
    expect(await a.results(batch.output_file_id)).toHaveLength(1);
  });

  once('run as their client, and end with its key', async () => {
    echo();
    const narrow = new BatchClient(gateway.url, 'key-demo');
    const refused = await narrow.over(await narrow.start([chatLine('a', 'openai/gpt-mock', 'x'), chatLine('b', 'demo', 'x')]));
    expect(await narrow.results(refused.error_file_id)).toMatchObject([{ custom_id: 'a', response: { status_code: 403, body: { error: { code: 'model_not_allowed' } } } }]);
    const ring = gateway.app.get(KeyRing);
    const { issued, key } = await ring.create(parseNewKey({ name: 'short' }, Date.now()));
    vendor.answer(async (response, { body }) => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion(spoken(body))));
    });
    const short = new BatchClient(gateway.url, key);
    const made = await short.start(Array.from({ length: 200 }, (_, index) => chatLine(`${index}`, 'openai/gpt-mock', 'x')));
    await eventually(() => vendor.requests.length > 0, 5000);
    await ring.revoke(issued.id);
    const { db } = gateway.app.get(Storage);
    await eventually(async () => (await db.selectFrom('batches').select('status').where('id', '=', made.id).executeTakeFirst())?.status === 'failed', 10_000);
    const row = await db.selectFrom('batches').selectAll().where('id', '=', made.id).executeTakeFirstOrThrow();
    expect(JSON.parse(row.errors!)).toMatchObject([{ code: 'invalid_api_key', line: null }]);
  });

  once('leave the next free slot to who asks meanwhile', async () => {
    const made = await a.start(Array.from({ length: 30 }, (_, index) => chatLine(`${index}`, 'demo', '[[demo words=30 delay=20]] hello')));
    await eventually(async () => (await call(`${gateway.url}/health`)).body.capacity.active === 1, 5000);
    const { body } = await call(`${gateway.url}/v1/chat/completions`, {
      body: { model: 'demo', messages: [{ role: 'user', content: 'me first' }] },
      headers: { authorization: 'Bearer key-b' },
    });
    expect(body.choices[0].message.content).toContain('me first');
    expect((await a.openai.batches.retrieve(made.id)).request_counts!.completed).toBeLessThan(10);
    await a.openai.batches.cancel(made.id);
    await a.over(made);
  });

  it('are listed in pages, and documented', async () => {
    const ids: string[] = [];
    for await (const { id } of a.openai.batches.list({ limit: 5 })) ids.push(id);
    expect([new Set(ids).size, ids.length > 5]).toEqual([ids.length, true]);
    const all = (await a.openai.batches.list({ limit: 100 })).data;
    expect(all.map(({ id }) => id)).toEqual(ids);
    expect(all.map(({ created_at: at }) => at)).toEqual(all.map(({ created_at: at }) => at).sort((x, y) => y - x));
    const { body } = await call(`${gateway.url}/docs-json`);
    expect(Object.keys(body.paths)).toEqual(expect.arrayContaining(['/v1/batches', '/v1/batches/{id}', '/v1/batches/{id}/cancel']));
  });
});
