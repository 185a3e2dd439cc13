import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { secretSamples } from './support/secret-samples.js';

const fakeClaude = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface Frame {
  readonly content: string;
  readonly done: boolean;
  readonly error?: { readonly code: string };
}

/** An endpoint as the documentation tells of it. */
interface Operation {
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody: { readonly content: { readonly 'application/json': { readonly examples: Record<string, { readonly value: object }> } } };
}

describe('the simple form', () => {
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
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await spare.close();
  });

  const post = (path: string, body: object, headers: Record<string, string> = {}): ReturnType<typeof call> => call(`${gateway.url}${path}`, { body, headers });
  const ask = (body: object, headers?: Record<string, string>): ReturnType<typeof call> => post('/completions', body, headers);
  const framesOf = (text: string): Frame[] =>
    text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: '))
      .map((frame) => JSON.parse(frame.slice(6)) as Frame);
  const stream = (target: MockVendor, text: string): void => {
    target.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end([chunkFrame({ role: 'assistant', content: text }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    });
  };

  /** A request whose client leaves when the signal says so. */
  const leave = (path: string, body: object, signal: AbortSignal, headers: Record<string, string> = {}): Promise<unknown> =>
    fetch(`${gateway.url}${path}`, { method: 'POST', signal, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) })
      .then((response) => response.text())
      .catch(() => undefined);

  it('answers with a text and all that is known of it', async () => {
    const { status, headers, body } = await ask({ prompt: 'Hello there', model: 'demo' });
    expect([status, headers.get('x-shellm-provider'), headers.get('x-request-id')]).toEqual([200, 'demo', body.request_id]);
    expect(body).toEqual({
      content: expect.stringContaining('You said: "Hello there".'),
      provider: 'demo',
      model: 'demo',
      duration_ms: expect.any(Number),
      cached: false,
      usage: expect.objectContaining({ prompt_tokens: 2 }),
      request_id: expect.any(String),
      finish_reason: 'stop',
    });
  });

  it('streams', async () => {
    const { headers, body } = await post('/completions/stream', { prompt: '[[demo words=4]]', provider: 'demo' });
    expect(headers.get('content-type')).toContain('text/event-stream');
    const frames = framesOf(String(body));
    expect(frames.map(({ content }) => content).join('')).toBe('word1 word2 word3 word4');
    expect(frames.slice(0, -1).every(({ done }) => !done)).toBe(true);
    expect(frames.at(-1)).toMatchObject({ content: '', done: true, provider: 'demo', model: 'demo/demo', usage: { completion_tokens: 4 }, finish_reason: 'stop' });
    expect(String(body)).not.toContain('[DONE]');
  });

  it("hands on the system text, the limit and what is the vendor's; no model is the default", async () => {
    stream(vendor, 'yes');
    const { body } = await ask({ prompt: 'p', system: 's', max_tokens: 7, temperature: 0.2, service_tier: 'flex', provider: 'openai', model: 'gpt-x' });
    expect(body).toMatchObject({ content: 'yes', provider: 'openai', model: 'gpt-x' });
    expect(JSON.parse(vendor.requests.at(-1)!.body)).toMatchObject({
      model: 'gpt-x',
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'p' },
      ],
      max_completion_tokens: 7,
      temperature: 0.2,
      service_tier: 'flex',
    });
  });

  it("takes the client's own key to the vendor that it is for", async () => {
    stream(vendor, 'mine');
    await ask({ prompt: 'p', provider: 'openai', model: 'gpt-x' }, { 'x-openai-api-key': 'sk-of-the-client' });
    expect(vendor.requests.at(-1)?.headers.authorization).toBe('Bearer sk-of-the-client');
  });

  it('says in whose place another one answered', async () => {
    vendor.json(500, { error: { message: 'broken' } });
    stream(spare, 'instead');
    const { body, headers } = await ask({ prompt: 'p', provider: 'openai', model: 'gpt-x' });
    expect(body).toMatchObject({ content: 'instead', provider: 'cerebras', model: 'gpt-x', fallback: true, original_provider: 'openai', original_error: 'upstream_error' });
    expect([headers.get('x-shellm-fallback'), headers.get('x-shellm-original-provider'), headers.get('x-shellm-original-error')]).toEqual(['true', 'openai', 'upstream_error']);
    vendor.json(500, { error: { message: 'broken' } });
    const streamed = framesOf(String((await post('/completions/stream', { prompt: 'p', provider: 'openai', model: 'gpt-x' })).body));
    expect(streamed.at(-1)).toMatchObject({ done: true, provider: 'cerebras', fallback: true, original_provider: 'openai' });
    vendor.json(500, { error: { message: 'broken' } });
    const alone = await ask({ prompt: 'p', provider: 'openai', model: 'gpt-x', fallback: false });
    expect([alone.status, alone.body.error.code]).toEqual([502, 'upstream_error']);
  });

  it('tells a failure after the first word in the stream', async () => {
    const { status, body } = await post('/completions/stream', { prompt: '[[demo words=4 fail=after]]', provider: 'demo' });
    const frames = framesOf(String(body));
    expect([status, frames.at(-1)?.done, frames.at(-1)?.error?.code]).toEqual([200, true, 'cli_failed']);
    expect(frames.filter(({ done }) => done)).toHaveLength(1);
  });

  it('tells that a vendor broke off; nobody else answers by then', async () => {
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ role: 'assistant', content: 'half an answer' }), () => response.destroy());
    });
    stream(spare, 'instead');
    const { status, body } = await post('/completions/stream', { prompt: 'p', provider: 'openai', model: 'gpt-x' });
    const frames = framesOf(String(body));
    expect([status, frames.map(({ content }) => content).join('')]).toEqual([200, 'half an answer']);
    expect(frames.at(-1)).toEqual({ content: '', done: true, error: expect.objectContaining({ code: 'upstream_error', type: 'api_error', param: null }) });
    expect(spare.requests).toHaveLength(0);
  });

  it.each(['/completions', '/completions/stream'])('hides a secret that a provider says bit by bit: %s', async (path) => {
    const [, secret] = secretSamples.find(([kind]) => kind === 'github-token')!;
    vendor.stream([...[...`it is ${secret} here`].map((content) => chunkFrame({ content })), chunkFrame({}, 'stop'), 'data: [DONE]\n\n']);
    const { body } = await post(path, { prompt: 'p', provider: 'openai', model: 'gpt-x' });
    const said = path === '/completions' ? String(body.content) : framesOf(String(body)).reduce((text, { content }) => text + content, '');
    expect(said).toBe('it is [REDACTED:github-token] here');
  });

  describe('over Claude', () => {
    const mode = { 'x-claude-code': 'true' };

    it('answers in a session of its own; the name that was asked for stays', async () => {
      const { headers, body } = await ask({ prompt: 'hi', model: 'gpt-4o', temperature: 0.5 }, mode);
      expect(body).toMatchObject({ content: 'whole answer', provider: 'claude', model: 'gpt-4o', finish_reason: 'stop', usage: { prompt_tokens: 5, completion_tokens: 3 } });
      expect(headers.get('x-claude-session-id')).toMatch(UUID);
      expect(['x-shellm-model', 'x-claude-session-created', 'x-claude-ignored-params'].map((name) => headers.get(name))).toEqual(['sonnet', 'true', 'temperature']);
    });

    it('streams, with its headers before the first word', async () => {
      const { headers, body } = await post('/completions/stream', { prompt: 'hi', provider: 'claude', temperature: 0.5 }, { 'x-shellm-session-id': 'new' });
      expect(['x-shellm-provider', 'x-shellm-session-created', 'x-shellm-ignored-params'].map((name) => headers.get(name))).toEqual(['claude', 'true', 'temperature']);
      const frames = framesOf(String(body));
      expect(frames.map(({ content }) => content).join('')).toBe('whole answer');
      expect(frames.at(-1)).toMatchObject({ done: true, provider: 'claude', usage: { total_tokens: 8 } });
    });

    it('fails as the contract says: before the first word by status, after it in the stream', async () => {
      const broken = await post('/completions/stream', { prompt: '[[fake exit1]]', provider: 'claude', fallback: false });
      expect([broken.status, broken.body.error.code, broken.headers.get('x-shellm-provider')]).toEqual([502, 'cli_failed', 'claude']);
      expect(JSON.stringify(broken.body)).not.toContain('secret-user');
      const cut = framesOf(String((await post('/completions/stream', { prompt: '[[fake half-line]]', provider: 'claude' })).body));
      expect(cut.map(({ content }) => content).join('')).toBe('half an answer');
      expect(cut.at(-1)).toMatchObject({ done: true, error: { code: 'cli_failed' } });
    });

    it('leaves the CLI to another provider where it fails', async () => {
      stream(vendor, 'instead');
      const { body } = await ask({ prompt: '[[fake exit1]]', provider: 'claude' });
      expect(body).toMatchObject({ content: 'instead', provider: 'openai', fallback: true, original_provider: 'claude', original_error: 'cli_failed' });
    });
  });

  it('takes the prompt for the new turn of its session', async () => {
    const sent = (): { role: string; content: string }[] => (JSON.parse(vendor.requests.at(-1)!.body) as { messages: { role: string; content: string }[] }).messages;
    stream(vendor, 'first answer');
    const first = await ask({ prompt: 'one', system: 's', provider: 'openai', model: 'gpt-x' }, { 'x-shellm-session-id': 'new' });
    const session = { 'x-shellm-session-id': first.headers.get('x-shellm-session-id')! };
    stream(vendor, 'second answer');
    const second = await post('/completions/stream', { prompt: 'two' }, session);
    expect(second.headers.get('x-shellm-session-id')).toBe(session['x-shellm-session-id']);
    expect(sent().map(({ role, content }) => [role, content])).toEqual([
      ['system', 's'],
      ['user', 'one'],
      ['assistant', 'first answer'],
      ['user', 'two'],
    ]);
    expect(framesOf(String(second.body)).at(-1)).toMatchObject({ provider: 'openai', model: 'openai/gpt-x' });
    // A session switches the fallback off.
    vendor.json(500, { error: { message: 'broken' } });
    const failed = await ask({ prompt: 'three' }, session);
    expect([failed.status, failed.body.error.code]).toEqual([502, 'upstream_error']);
  });

  it.each([
    ['123', 400, 'invalid_header_value'],
    ['3178db66-ee2e-4a0d-a3a9-2ef5c10da993', 404, 'session_not_found'],
  ])('refuses the session %s', async (id, status, code) => {
    const refused = await ask({ prompt: 'x', provider: 'demo' }, { 'x-shellm-session-id': id });
    expect([refused.status, refused.body.error.code]).toEqual([status, code]);
  });

  it('goes on in a session', async () => {
    const first = await ask({ prompt: 'one', provider: 'demo' }, { 'x-shellm-session-id': 'new' });
    const id = first.headers.get('x-shellm-session-id')!;
    const second = await ask({ prompt: 'two' }, { 'x-shellm-session-id': id });
    expect([second.status, second.body.provider, second.headers.get('x-shellm-session-created')]).toEqual([200, 'demo', null]);
  });

  it('ends the turn when its client leaves', async () => {
    const abort = new AbortController();
    const left = leave('/completions/stream', { prompt: '[[demo words=500 delay=50]]', provider: 'demo' }, abort.signal);
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 1);
    abort.abort();
    await left;
    await eventually(() => pool.capacity().active === 0);
  });

  it.each(['/completions', '/completions/stream'])("closes the vendor's connection when its client leaves: %s", async (path) => {
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunkFrame({ role: 'assistant', content: 'half' }));
    });
    const abort = new AbortController();
    const left = leave(path, { prompt: 'p', provider: 'openai', model: 'gpt-x' }, abort.signal);
    await eventually(() => vendor.requests.length === 1);
    abort.abort();
    await left;
    await eventually(() => vendor.aborted === 1);
  });

  it('gives up the place of a client that leaves while its session is busy', async () => {
    const first = await ask({ prompt: 'one', provider: 'demo' }, { 'x-shellm-session-id': 'new' });
    const session = { 'x-shellm-session-id': first.headers.get('x-shellm-session-id')! };
    const running = ask({ prompt: '[[demo words=10 delay=50]]' }, session);
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 1);
    const abort = new AbortController();
    stream(vendor, 'nobody was to ask');
    const left = leave('/completions', { prompt: 'two', provider: 'openai', model: 'gpt-x' }, abort.signal, session);
    await new Promise((resolve) => setTimeout(resolve, 100));
    abort.abort();
    await left;
    expect((await running).status).toBe(200);
    expect((await ask({ prompt: 'three' }, session)).body).toMatchObject({ provider: 'demo' });
    expect(vendor.requests).toHaveLength(0);
  });

  it('documents requests that work as they stand, and the headers', async () => {
    const { paths } = (await call(`${gateway.url}/docs-json`)).body as { paths: Record<string, { post: Operation }> };
    for (const path of ['/completions', '/completions/stream']) {
      const { parameters, requestBody } = paths[path]!.post;
      expect(parameters.map(({ name }) => name).sort()).toEqual([
        'Idempotency-Key',
        'X-Claude-Code',
        'X-Claude-Session-ID',
        'X-OpenAI-API-Key',
        'X-SheLLM-Provider',
        'X-SheLLM-Session-ID',
      ]);
      const [example] = Object.values(requestBody.content['application/json'].examples);
      expect((await post(path, example!.value)).status).toBe(200);
    }
  });

  it.each<[string, object, number, string, string]>([
    ['/completions', {}, 400, 'invalid_parameter', 'prompt'],
    ['/completions', { prompt: '  ', provider: 'demo' }, 400, 'invalid_parameter', 'prompt'],
    ['/completions', { prompt: 'x', provider: 'demo', max_tokens: -1 }, 400, 'invalid_parameter', 'max_tokens'],
    ['/completions', { prompt: 'x', stream: true }, 400, 'invalid_parameter', 'stream'],
    ['/completions', { prompt: 'x', provider: 'openai', model: 'gpt-x', tools: [{ type: 'function', function: { name: 'f' } }] }, 400, 'unsupported_parameter', 'tools'],
    ['/completions', { prompt: 'x', provider: 'openai', model: 'gpt-x', n: 2 }, 400, 'unsupported_parameter', 'n'],
    ['/completions', { prompt: 'x', provider: 'demo', temperature: 2.1 }, 400, 'invalid_parameter', 'temperature'],
    ['/completions', { prompt: 'x', provider: 'demo', fallback: 'no' }, 400, 'invalid_parameter', 'fallback'],
    ['/completions', { prompt: 'x', model: '' }, 400, 'invalid_parameter', 'model'],
    ['/completions/stream', { prompt: 'x', provider: 'openai', messages: [] }, 400, 'invalid_parameter', 'messages'],
    ['/completions/stream', { prompt: 'x', provider: 'demo', system: 5 }, 400, 'invalid_parameter', 'system'],
    ['/completions', { prompt: 'x', provider: 'nobody' }, 400, 'invalid_parameter', 'provider'],
    ['/completions', { prompt: 'x', provider: 'demo', logprobs: true }, 400, 'unsupported_parameter', 'logprobs'],
  ])('refuses %s %j', async (path, body, status, code, param) => {
    stream(vendor, 'nobody was to ask');
    const refused = await post(path, body);
    expect([refused.status, refused.body.error?.code, refused.body.error?.param]).toEqual([status, code, param]);
    expect(vendor.requests).toHaveLength(0);
  });
});
