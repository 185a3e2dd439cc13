import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

interface Frame {
  readonly content: string;
  readonly done: boolean;
  readonly error?: { readonly code: string };
}

describe('the simple form', () => {
  let vendor: MockVendor;
  let spare: MockVendor;
  let gateway: Gateway;
  beforeAll(async () => {
    [vendor, spare] = [await MockVendor.start(), await MockVendor.start()];
    gateway = await bootGateway({
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      CEREBRAS_API_KEY: 'sk-y',
      CEREBRAS_BASE_URL: `${spare.url}/v1`,
      SHELLM_FALLBACK_CHAIN: 'openai,cerebras',
      SHELLM_PROVIDERS: 'demo,openai,cerebras',
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

  it('goes on in a session', async () => {
    const first = await ask({ prompt: 'one', provider: 'demo' }, { 'x-shellm-session-id': 'new' });
    const id = first.headers.get('x-shellm-session-id')!;
    const second = await ask({ prompt: 'two' }, { 'x-shellm-session-id': id });
    expect([second.status, second.body.provider, second.headers.get('x-shellm-session-created')]).toEqual([200, 'demo', null]);
  });

  it('ends the turn when its client leaves', async () => {
    const abort = new AbortController();
    const left = fetch(`${gateway.url}/completions/stream`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: '[[demo words=500 delay=50]]', provider: 'demo' }),
    }).catch(() => undefined);
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 1);
    abort.abort();
    await left;
    await eventually(() => pool.capacity().active === 0);
  });

  it.each<[string, object, number, string, string]>([
    ['/completions', {}, 400, 'invalid_parameter', 'prompt'],
    ['/completions', { prompt: '  ', provider: 'demo' }, 400, 'invalid_parameter', 'prompt'],
    ['/completions', { prompt: 'x', provider: 'demo', max_tokens: -1 }, 400, 'invalid_parameter', 'max_tokens'],
    ['/completions', { prompt: 'x', stream: true }, 400, 'invalid_parameter', 'stream'],
    ['/completions', { prompt: 'x', callback_url: 'https://x' }, 400, 'unsupported_parameter', 'callback_url'],
    ['/completions/stream', { prompt: 'x', template: 't' }, 400, 'unsupported_parameter', 'template'],
    ['/completions/stream', { prompt: 'x', provider: 'demo', system: 5 }, 400, 'invalid_parameter', 'system'],
    ['/completions', { prompt: 'x', provider: 'nobody' }, 400, 'invalid_parameter', 'provider'],
    ['/completions', { prompt: 'x', provider: 'demo', logprobs: true }, 400, 'unsupported_parameter', 'logprobs'],
  ])('refuses %s %j', async (path, body, status, code, param) => {
    const refused = await post(path, body);
    expect([refused.status, refused.body.error.code, refused.body.error.param]).toEqual([status, code, param]);
  });
});
