import { afterEach, describe, expect, it } from '@jest/globals';
import { call } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const slow = { model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo words=20 delay=60]]' }] };

describe('the gateway as a process', () => {
  let gateway: SpawnedGateway | undefined;
  afterEach(async () => {
    await gateway?.dispose();
    gateway = undefined;
  });

  const stream = (body: object): Promise<string> =>
    fetch(`${gateway!.url}/v1/chat/completions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }).then((response) =>
      response.text(),
    );

  it('finishes running answers on SIGTERM, refuses new ones, and exits 0', async () => {
    gateway = await spawnGateway({ SHELLM_MAX_CONCURRENT: '4' });
    const running = [stream(slow), stream(slow), stream({ ...slow, stream: false })];
    await eventually(async () => (await call(`${gateway!.url}/health`)).body.capacity.active === 3);
    gateway.process.kill('SIGTERM');
    await eventually(() => gateway!.output().includes('shutting down'));
    const refused = await call(`${gateway.url}/v1/chat/completions`, { body: slow });
    expect([refused.status, refused.body.error.code, refused.headers.get('retry-after')]).toEqual([503, 'shutting_down', '5']);
    expect((await call(`${gateway.url}/health/ready`)).status).toBe(503);
    const [first, second, third] = await Promise.all(running);
    for (const text of [first, second]) expect(text).toMatch(/word20.*\[DONE\]\n\n$/s);
    expect(JSON.parse(third!).choices[0].finish_reason).toBe('stop');
    expect(await gateway.exited).toBe(0);
    expect(processesOf(gateway.dataDir)).toEqual([]);
  });

  it('does not wait for an answer longer than the grace time', async () => {
    gateway = await spawnGateway({ SHELLM_SHUTDOWN_GRACE_MS: '200' });
    const running = stream({ ...slow, messages: [{ role: 'user', content: '[[demo words=2 hang=1]]' }] }).catch(() => 'cut');
    await eventually(async () => (await call(`${gateway!.url}/health`)).body.capacity.active === 1);
    gateway.process.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(await running).toMatch(/"finish_reason":"error".*"code":"shutting_down"\}\}\n\n$/s);
    await eventually(() => processesOf(gateway!.dataDir).length === 0);
  });

  it('leaves no child behind when it is killed with -9', async () => {
    gateway = await spawnGateway();
    const running = [stream(slow), stream(slow)].map((answer) => answer.catch(() => 'cut'));
    await eventually(async () => (await call(`${gateway!.url}/health`)).body.capacity.active === 2);
    await eventually(() => processesOf(gateway!.dataDir).length >= 2);
    gateway.process.kill('SIGKILL');
    expect(await gateway.exited).toBe('SIGKILL');
    await Promise.all(running);
    await eventually(() => processesOf(gateway!.dataDir).length === 0, 5000);
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['a bad value', { SHELLM_PORT: 'http' }, /^shellm: SHELLM_PORT: [^\n]+\n$/],
    ['an open address without clients', { SHELLM_HOST: '0.0.0.0' }, /^shellm: SHELLM_HOST: [^\n]+SHELLM_CLIENTS[^\n]+\n$/],
    ['an unknown provider', { SHELLM_PROVIDERS: 'demo,nope' }, /^shellm: SHELLM_PROVIDERS: "nope" is no provider[^\n]+\n$/],
    ['broken clients', { SHELLM_CLIENTS: '{"a":{"key":"topsecret!","rpm":"x"}}' }, /^shellm: SHELLM_CLIENTS: a\.rpm[^\n]+\n$/],
    ['itself behind Claude', { SHELLM_PORT: '6199', ANTHROPIC_BASE_URL: 'http://127.0.0.1:6199' }, /^shellm: ANTHROPIC_BASE_URL: [^\n]+\n$/],
    ['a host that nobody knows', { SHELLM_HOST: 'no-such-host.invalid', SHELLM_CLIENTS: '{"a":{"key":"k"}}' }, /^shellm: SHELLM_HOST[^\n]+\n$/],
    ['a proxy that is no URL', { HTTPS_PROXY: 'proxy.example:3128', OPENAI_API_KEY: 'sk-x' }, /^shellm: HTTPS_PROXY: [^\n]+\n$/],
    ['a client that is named twice', { SHELLM_CLIENTS: '{"a":{"key":"topsecret!"},"a":{"key":"other"}}' }, /^shellm: SHELLM_CLIENTS: [^\n]+twice\n$/],
    ['a key that no header can carry', { OPENAI_API_KEY: 'sk-…' }, /^shellm: OPENAI_API_KEY: [^\n]+\n$/],
    ['itself as its own vendor', { SHELLM_PORT: '6199', OPENAI_BASE_URL: 'http://localhost:6199/v1', OPENAI_API_KEY: 'sk-x' }, /^shellm: OPENAI_BASE_URL: [^\n]+\n$/],
  ])('does not start with %s, and says so in one line', async (_, environment, line) => {
    const error = await spawnGateway(environment).catch((caught: unknown) => caught as Error);
    const [, printed = ''] = /^the gateway ended \(1\): ([^]*)$/.exec((error as Error).message) ?? [];
    expect(printed).toMatch(line);
    expect(printed).not.toContain('topsecret');
  });

  it('says in one line that its port is taken', async () => {
    gateway = await spawnGateway();
    const error = await spawnGateway({ SHELLM_PORT: new URL(gateway.url).port }).catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toMatch(/\(1\): shellm: SHELLM_PORT: it is in use[^\n]+\n$/);
  });

  it('logs a stream that failed after its first word as a failure', async () => {
    gateway = await spawnGateway();
    await stream({ ...slow, messages: [{ role: 'user', content: '[[demo words=4 fail=after]]' }] });
    await eventually(() => gateway!.output().includes('cli_failed'));
    const line = gateway
      .output()
      .split('\n')
      .find((each) => each.includes('cli_failed'));
    expect(JSON.parse(line!)).toMatchObject({ level: 'error', status: 200, path: '/v1/chat/completions', error: { code: 'cli_failed' } });
  });

  it('logs one line a request, with its id and without its words or keys', async () => {
    gateway = await spawnGateway({ SHELLM_CLIENTS: '{"app":{"key":"app-key-secret"}}' });
    await call(`${gateway.url}/v1/chat/completions?token=query-secret`, {
      headers: { 'x-api-key': 'app-key-secret', 'x-request-id': 'my-id-1', 'x-openai-api-key': 'sk-own-secret' },
      body: { model: 'demo', messages: [{ role: 'user', content: 'prompt-secret' }] },
    });
    await call(`${gateway.url}/health`);
    await eventually(() => gateway!.output().includes('my-id-1'));
    const lines = gateway
      .output()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter((line) => line['request_id'] === 'my-id-1')).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'POST',
        path: '/v1/chat/completions',
        status: 200,
        client: 'client:app',
        model: 'demo/demo',
        reason: 'stop',
        usage: expect.any(Object),
      }),
    ]);
    expect(gateway.output()).not.toMatch(/secret|probe/);
  });
});
