import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, converse, MockVendor } from './support/mock-vendor.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const fakeClaude = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

type Told = Awaited<ReturnType<typeof call>>;
interface Sent {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

describe('sessions', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  const environment = (): Record<string, string> => ({
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    OPENAI_API_KEY: 'sk-gateway',
    OPENAI_BASE_URL: `${vendor.url}/v1`,
    SHELLM_CLAUDE_BIN: fakeClaude,
    SHELLM_PROVIDERS: 'openai,claude',
  });
  const clients = JSON.stringify({ one: { key: 'key-of-one-12345678' }, two: { key: 'key-of-two-12345678' } });
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({ ...environment(), SHELLM_CLIENTS: clients, SHELLM_QUEUE_TIMEOUT_MS: '400', SHELLM_REQUEST_TIMEOUT_MS: '3000' });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  const ask = (session: string | undefined, content: string, more: object = {}, headers: Record<string, string> = {}, url = gateway.url): Promise<Told> =>
    call(`${url}/v1/chat/completions`, {
      body: { model: 'openai/gpt-4o', messages: [{ role: 'user', content }], ...more },
      headers: { authorization: 'Bearer key-of-one-12345678', ...(session === undefined ? {} : { 'x-shellm-session-id': session }), ...headers },
    });
  const begin = async (content = 'first', more: object = {}): Promise<string> => {
    converse(vendor);
    const { headers } = await ask('new', content, more);
    return headers.get('x-shellm-session-id')!;
  };
  const sent = (): Sent[] => vendor.requests.map(({ body }) => JSON.parse(body) as Sent);
  const codeOf = ({ body }: Told): string => (body as { error: { code: string } }).error.code;

  it.each([false, true])('begins one and goes on in it; stream: %s', async (stream) => {
    converse(vendor);
    const first = await ask('new', 'first', {
      stream,
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'first' },
      ],
    });
    const id = first.headers.get('x-shellm-session-id')!;
    expect(id).toMatch(UUID);
    expect([first.status, first.headers.get('x-claude-session-id'), first.headers.get('x-claude-session-created'), first.headers.get('x-shellm-session-created')]).toEqual([
      200,
      id,
      'true',
      'true',
    ]);
    const second = await ask(id, 'second', { stream });
    expect([second.status, second.headers.get('x-shellm-session-id'), second.headers.get('x-shellm-session-created')]).toEqual([200, id, null]);
    expect(JSON.stringify(second.body)).toContain('answer 2');
    // Who keeps the history himself may send it all: what follows the last answer is the turn.
    await ask(id, '', {
      stream,
      messages: [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'answer 1' },
        { role: 'user', content: 'third' },
      ],
    });
    expect(sent().at(-1)?.messages).toEqual([
      { role: 'system', content: 'be brief' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'answer 1' },
      { role: 'user', content: 'second' },
      { role: 'assistant', content: 'answer 2' },
      { role: 'user', content: 'third' },
    ]);
  });

  it('keeps the sampling values and fields of the vendor', async () => {
    const id = await begin();
    await ask(id, 'second', { temperature: 0.3, service_tier: 'flex' });
    expect(sent().at(-1)).toMatchObject({ model: 'gpt-4o', temperature: 0.3, service_tier: 'flex' });
  });

  it('is carried on by another provider, and back', async () => {
    const id = await begin();
    const claude = await ask(id, '[[fake fine]]', { model: 'opus' }, { 'x-shellm-provider': 'claude' });
    expect([claude.status, claude.headers.get('x-shellm-provider'), claude.body.choices[0].message.content]).toEqual([200, 'claude', 'whole answer']);
    // The session's last provider and model, whatever name is asked for.
    const again = await ask(id, '[[fake fine]]', { model: 'gpt-4o' });
    expect([again.headers.get('x-shellm-provider'), again.headers.get('x-shellm-model')]).toEqual(['claude', 'opus']);
    const back = await ask(id, 'fourth', { model: 'openai/gpt-4o-mini' });
    expect(back.headers.get('x-shellm-provider')).toBe('openai');
    expect(
      sent()
        .at(-1)
        ?.messages.map(({ content }) => content),
    ).toEqual(['first', 'answer 1', '[[fake fine]]', 'whole answer', '[[fake fine]]', 'whole answer', 'fourth']);
  });

  it('begins with X-Claude-Code, and X-Claude-Session-ID leads to Claude', async () => {
    const first = await ask(undefined, '[[fake fine]]', { model: 'gpt-4o' }, { 'x-claude-code': 'true' });
    const id = first.headers.get('x-claude-session-id')!;
    expect([first.status, first.headers.get('x-claude-session-created'), first.headers.get('x-shellm-model'), first.body.model]).toEqual([200, 'true', 'sonnet', 'gpt-4o']);
    const second = await ask(undefined, '[[fake fine]]', { model: 'gpt-4o' }, { 'x-claude-session-id': id });
    expect([second.status, second.headers.get('x-shellm-provider'), second.headers.get('x-claude-session-created')]).toEqual([200, 'claude', null]);
    converse(vendor);
    const elsewhere = await ask(undefined, 'third', {}, { 'x-claude-session-id': id, 'x-claude-code': 'false' });
    expect(elsewhere.headers.get('x-shellm-provider')).toBe('openai');
    expect(sent().at(-1)?.messages).toHaveLength(5);
  });

  it.each([
    ['an unknown one', () => '00000000-0000-4000-8000-000000000000', {}, 404, 'session_not_found'],
    ['no UUID', () => 'my-session', {}, 400, 'invalid_header_value'],
    ["another key's", (id: string) => id, { authorization: 'Bearer key-of-two-12345678' }, 404, 'session_not_found'],
    ['two at once', (id: string) => id, { 'x-claude-session-id': '00000000-0000-4000-8000-000000000000' }, 400, 'invalid_header_value'],
  ])('refuses %s', async (_, which, headers, status, code) => {
    const id = await begin();
    const refused = await ask(which(id), 'x', {}, headers);
    expect([refused.status, codeOf(refused), refused.body.error.param]).toEqual([status, code, 'X-SheLLM-Session-ID']);
  });

  it('stays as it was after a turn that fails, before the first byte and after it', async () => {
    const id = await begin();
    vendor.json(500, { error: { message: 'broken' } });
    const early = await ask(id, 'lost');
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ role: 'assistant', content: 'half' }), () => setTimeout(() => response.destroy(), 20));
    });
    const late = await ask(id, 'lost too', { stream: true });
    converse(vendor);
    await ask(id, 'second');
    expect([early.status, late.status, String(late.body).includes('"finish_reason":"error"')]).toEqual([502, 200, true]);
    expect(
      sent()
        .at(-1)
        ?.messages.map(({ content }) => content),
    ).toEqual(['first', 'answer 1', 'second']);
  });

  it('stays as it was when its client leaves', async () => {
    const id = await begin();
    vendor.answer(() => new Promise(() => undefined));
    const abort = new AbortController();
    const left = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json', authorization: 'Bearer key-of-one-12345678', 'x-shellm-session-id': id },
      body: JSON.stringify({ model: 'openai/gpt-4o', stream: true, messages: [{ role: 'user', content: 'lost' }] }),
    }).catch(() => undefined);
    await eventually(() => vendor.requests.length === 1);
    abort.abort();
    await left;
    converse(vendor);
    await ask(id, 'second');
    expect(
      sent()
        .at(-1)
        ?.messages.map(({ content }) => content),
    ).toEqual(['first', 'answer 1', 'second']);
  });

  it('can go on under its id though its first turn failed', async () => {
    vendor.json(500, { error: { message: 'broken' } });
    const failed = await ask('new', 'first');
    const id = failed.headers.get('x-shellm-session-id')!;
    expect([failed.status, UUID.test(id)]).toEqual([502, true]);
    converse(vendor);
    expect((await ask(id, 'first')).status).toBe(200);
  });

  it('makes no session of a request that is refused', async () => {
    const count = async (): Promise<number> =>
      ((await call(`${gateway.url}/sessions`, { headers: { authorization: 'Bearer key-of-one-12345678' } })).body as { data: unknown[] }).data.length;
    const before = await count();
    const refused = await ask('new', 'x', { messages: [{ role: 'nobody', content: 'x' }] });
    const unknown = await ask('new', 'x', { model: 'nope', provider: 'nobody' });
    expect([refused.status, unknown.status, await count()]).toEqual([400, 400, before]);
  });

  it('takes one request at a time: the second waits, the third is told that it is busy', async () => {
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
    expect([busy.status, codeOf(busy), busy.headers.get('retry-after') !== null]).toEqual([409, 'session_busy', true]);
    const patient = ask(id, 'patient');
    finish?.();
    expect((await slow).body.choices[0].message.content).toBe('after 3');
    expect((await patient).body.choices[0].message.content).toBe('after 5');
  });

  it("lists the caller's own, and deletes one", async () => {
    const id = await begin();
    const headers = { authorization: 'Bearer key-of-one-12345678' };
    const mine = await call(`${gateway.url}/sessions`, { headers });
    expect((mine.body as { data: { id: string }[] }).data.find((session) => session.id === id)).toMatchObject({ provider: 'openai', model: 'gpt-4o', turns: 1 });
    const theirs = await call(`${gateway.url}/sessions`, { headers: { authorization: 'Bearer key-of-two-12345678' } });
    expect(theirs.body.data).toEqual([]);
    expect((await call(`${gateway.url}/sessions/${id}`, { method: 'DELETE', headers: { authorization: 'Bearer key-of-two-12345678' } })).status).toBe(404);
    expect((await call(`${gateway.url}/sessions/${id}`, { method: 'DELETE', headers })).status).toBe(200);
    expect(codeOf(await ask(id, 'x'))).toBe('session_not_found');
  });

  it('expires when it was idle too long', async () => {
    const own = await bootGateway({ ...environment(), SHELLM_SESSION_TTL_MS: '300' });
    converse(vendor);
    const id = (await ask('new', 'first', {}, {}, own.url)).headers.get('x-shellm-session-id')!;
    expect((await ask(id, 'second', {}, {}, own.url)).status).toBe(200);
    await new Promise((go) => setTimeout(go, 350));
    const late = await ask(id, 'third', {}, {}, own.url);
    await own.close();
    expect([late.status, codeOf(late)]).toEqual([404, 'session_not_found']);
  });

  describe('and the end of the gateway', () => {
    let running: SpawnedGateway | undefined;
    afterAll(() => running?.dispose());

    it.each<NodeJS.Signals>(['SIGTERM', 'SIGKILL'])('outlives %s', async (signal) => {
      converse(vendor);
      running = await spawnGateway(environment());
      const dataDir = running.dataDir;
      const id = (await ask('new', 'first', {}, {}, running.url)).headers.get('x-shellm-session-id')!;
      running.process.kill(signal);
      await running.exited;
      running = await spawnGateway({ ...environment(), SHELLM_DATA_DIR: dataDir });
      const second = await ask(id, 'second', {}, {}, running.url);
      expect([second.status, second.body.choices[0].message.content]).toEqual([200, 'answer 2']);
      await running.dispose();
    });
  });
});
