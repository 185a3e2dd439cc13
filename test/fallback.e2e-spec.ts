import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';

const fakeClaude = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const completion = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-mock',
  choices: [{ index: 0, message: { role: 'assistant', content: 'from the vendor' }, finish_reason: 'stop' }],
};
const frames = [
  chunkFrame({ role: 'assistant', content: '' }),
  chunkFrame({ content: 'from the ' }),
  chunkFrame({ content: 'vendor' }),
  chunkFrame({}, 'stop'),
  'data: [DONE]\n\n',
];
const error = (message: string): object => ({ error: { message, type: 'x', param: null, code: null } });

type Told = Awaited<ReturnType<typeof call>>;

/** Who answered, in whose place, and why, as the headers tell. */
const outcomeOf = ({ headers }: Told): (string | null)[] =>
  ['x-shellm-provider', 'x-shellm-fallback', 'x-shellm-original-provider', 'x-shellm-original-error'].map((name) => headers.get(name));

describe('fallback', () => {
  let openai: MockVendor;
  let cerebras: MockVendor;
  let gateway: Gateway;
  const boot = (more: Record<string, string> = {}): Promise<Gateway> =>
    bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      OPENAI_API_KEY: 'sk-gateway',
      OPENAI_BASE_URL: `${openai.url}/v1`,
      CEREBRAS_API_KEY: 'csk-gateway',
      CEREBRAS_BASE_URL: `${cerebras.url}/v1`,
      SHELLM_CLAUDE_BIN: fakeClaude,
      SHELLM_PROVIDERS: 'claude,openai,cerebras',
      SHELLM_FALLBACK_CHAIN: 'openai,claude,cerebras',
      SHELLM_REQUEST_TIMEOUT_MS: '1500',
      ...more,
    });
  beforeAll(async () => {
    [openai, cerebras] = await Promise.all([MockVendor.start(), MockVendor.start()]);
    gateway = await boot();
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([openai.close(), cerebras.close()]);
  });

  const ask = (model: string, content: string, more: object = {}, headers: Record<string, string> = {}, at = gateway): Promise<Told> =>
    call(`${at.url}/v1/chat/completions`, { body: { model, messages: [{ role: 'user', content }], ...more }, headers });

  describe.each([false, true])('stream: %s', (stream) => {
    const text = ({ body }: Told): string =>
      stream
        ? [...String(body).matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join('')
        : String((body as { choices: { message: { content: string } }[] }).choices[0]?.message.content);

    it.each<[string, () => void, string]>([
      [
        '500',
        () => {
          openai.json(500, error('broken'));
        },
        'upstream_error',
      ],
      [
        '503',
        () => {
          openai.json(503, error('overloaded'));
        },
        'upstream_error',
      ],
      [
        'a login that is refused',
        () => {
          openai.json(401, error('bad key'));
        },
        'provider_unavailable',
      ],
      [
        'no answer in time',
        () => {
          openai.answer(() => new Promise(() => undefined));
        },
        'timeout',
      ],
      [
        'a connection that is cut',
        () => {
          openai.answer((response) => {
            response.destroy();
          });
        },
        'upstream_error',
      ],
      [
        'headers and nothing else',
        () => {
          openai.answer((response) => {
            response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
            setTimeout(() => response.destroy(), 20);
          });
        },
        'upstream_error',
      ],
    ])('a pass-through vendor with %s: the next of the chain answers', async (_, misbehave, code) => {
      const own = await boot();
      misbehave();
      const answer = await ask('openai/gpt-4o', '[[fake fine]]', { stream, temperature: 0.5 }, {}, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer), text(answer)]).toEqual([200, 'claude', 'true', 'openai', code, 'whole answer']);
      expect(answer.headers.get('x-shellm-model')).toBe('sonnet');
      expect(answer.headers.get('x-shellm-ignored-params')).toBe('temperature');
    });

    it.each([
      ['exit1', 'cli_failed'],
      ['hang', 'timeout'],
    ])('a CLI with %s: the API behind it answers, with the sampling values', async (behaviour, code) => {
      const own = await boot();
      cerebras.stream(frames);
      const answer = await ask('claude/opus', `[[fake ${behaviour}]]`, { stream, temperature: 0.5 }, {}, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer), text(answer)]).toEqual([200, 'cerebras', 'true', 'claude', code, 'from the vendor']);
      expect(JSON.parse(cerebras.requests[0]!.body)).toMatchObject({ temperature: 0.5, messages: [{ role: 'user', content: `[[fake ${behaviour}]]` }] });
    });

    it.each<[string, () => void, object, Record<string, string>, number, string | null]>([
      [
        'a 400 of the vendor',
        () => {
          openai.json(400, error('bad'));
        },
        {},
        {},
        400,
        null,
      ],
      [
        'a 429 of the vendor',
        () => {
          openai.json(429, error('slow down'), { 'retry-after': '3' });
        },
        {},
        {},
        429,
        'provider_rate_limited',
      ],
      [
        "a 401 of the client's own key",
        () => {
          openai.json(401, error('your key'));
        },
        {},
        { 'x-openai-api-key': 'sk-own' },
        401,
        null,
      ],
      [
        'fallback: false',
        () => {
          openai.json(500, error('broken'));
        },
        { fallback: false },
        {},
        502,
        'upstream_error',
      ],
      [
        'a session',
        () => {
          openai.json(500, error('broken'));
        },
        {},
        { 'x-shellm-session-id': 'new' },
        502,
        'upstream_error',
      ],
      [
        'a request that nobody else can serve',
        () => {
          openai.json(500, error('broken'));
        },
        { n: 2 },
        {},
        502,
        'upstream_error',
      ],
    ])('none after %s', async (_, misbehave, more, headers, status, code) => {
      const own = await boot();
      misbehave();
      const answer = await ask('openai/gpt-4o', '[[fake fine]]', { stream, ...more }, headers, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer)]).toEqual([status, 'openai', null, null, null]);
      expect((answer.body as { error: { code: string | null } }).error.code).toBe(code);
    });

    it('tries one alternate, and then says what that one said', async () => {
      const own = await boot();
      openai.json(500, error('broken'));
      cerebras.stream(frames);
      const answer = await ask('openai/gpt-4o', '[[fake exit1]]', { stream }, {}, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer)]).toEqual([502, 'claude', 'true', 'openai', 'upstream_error']);
      expect((answer.body as { error: { code: string } }).error.code).toBe('cli_failed');
      expect(cerebras.requests).toHaveLength(0);
    });

    it('skips whom it knows to be unusable', async () => {
      const own = await boot({ SHELLM_CLAUDE_BIN: '/nowhere/claude' });
      openai.json(500, error('broken'));
      cerebras.stream(frames);
      const answer = await ask('openai/gpt-4o', 'x', { stream }, {}, own);
      const unusable = await ask('claude/opus', 'x', { stream }, {}, own);
      const alone = await ask('claude/opus', 'x', { stream, fallback: false }, {}, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer), text(answer)]).toEqual([200, 'cerebras', 'true', 'openai', 'upstream_error', 'from the vendor']);
      expect([unusable.status, ...outcomeOf(unusable)]).toEqual([200, 'cerebras', 'true', 'claude', 'provider_unavailable']);
      expect([alone.status, (alone.body as { error: { code: string } }).error.code]).toEqual([503, 'provider_unavailable']);
    });

    it('opens the circuit of a provider that fails again and again, and tells it in /health', async () => {
      const own = await boot({ SHELLM_FALLBACK_CHAIN: 'openai,cerebras' });
      openai.json(500, error('broken'));
      cerebras.stream(frames);
      const codes = [];
      for (let count = 0; count < 7; count += 1) codes.push(outcomeOf(await ask('openai/gpt-4o', 'x', { stream }, {}, own))[3]);
      const alone = await ask('openai/gpt-4o', 'x', { stream, fallback: false }, {}, own);
      const health = await call(`${own.url}/health`);
      await own.close();
      expect(codes).toEqual([...Array.from({ length: 5 }, () => 'upstream_error'), 'provider_unavailable', 'provider_unavailable']);
      expect(openai.requests).toHaveLength(5);
      expect([alone.status, Number(alone.headers.get('retry-after')) > 0]).toEqual([503, true]);
      expect(health.body.providers.openai).toMatchObject({ status: 'unavailable', detail: expect.stringMatching(/in a row/) });
    });

    it('falls back on a rate limit where the operator wants it', async () => {
      const own = await boot({ SHELLM_FALLBACK_ON_RATE_LIMIT: 'true' });
      openai.json(429, error('slow down'));
      const answer = await ask('openai/gpt-4o', '[[fake fine]]', { stream }, {}, own);
      await own.close();
      expect([answer.status, ...outcomeOf(answer)]).toEqual([200, 'claude', 'true', 'openai', 'provider_rate_limited']);
    });
  });

  it('does not change horses once a byte is out', async () => {
    openai.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(frames[0]);
      response.write(frames[1], () => setTimeout(() => response.destroy(), 30));
    });
    const passed = await ask('openai/gpt-4o', '[[fake fine]]', { stream: true });
    expect([passed.status, ...outcomeOf(passed)]).toEqual([200, 'openai', null, null, null]);
    expect(String(passed.body)).toMatch(/from the .*"finish_reason":"error".*"code":"upstream_error"/s);
    cerebras.stream(frames);
    const told = await ask('claude/opus', '[[fake half-line]]', { stream: true });
    expect([told.status, ...outcomeOf(told)]).toEqual([200, 'claude', null, null, null]);
    expect(String(told.body)).toMatch(/half an answer.*"finish_reason":"error".*"code":"cli_failed"/s);
    expect(cerebras.requests).toHaveLength(0);
  });

  it('falls back from an answer that is not streamed as long as nothing of it is out', async () => {
    cerebras.stream(frames);
    const answer = await ask('claude/opus', '[[fake half-line]]');
    expect([answer.status, ...outcomeOf(answer)]).toEqual([200, 'cerebras', 'true', 'claude', 'cli_failed']);
    expect(answer.body.choices[0].message.content).toBe('from the vendor');
  });

  it('asks only whom the key may use', async () => {
    const own = await boot({ SHELLM_CLIENTS: JSON.stringify({ team: { key: 'team-key-1234567890', models: ['openai/*', 'cerebras/*'] } }) });
    openai.json(500, error('broken'));
    cerebras.stream(frames);
    const answer = await ask('openai/gpt-4o', '[[fake fine]]', {}, { authorization: 'Bearer team-key-1234567890' }, own);
    await own.close();
    expect(outcomeOf(answer)).toEqual(['cerebras', 'true', 'openai', 'upstream_error']);
  });

  it('passes a whole completion through untouched where all is well', async () => {
    openai.json(200, completion);
    const answer = await ask('openai/gpt-4o', 'x');
    expect([answer.status, ...outcomeOf(answer), answer.body.choices[0].message.content]).toEqual([200, 'openai', null, null, null, 'from the vendor']);
  });
});
