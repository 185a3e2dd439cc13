import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';

const completion = (content: string): string =>
  JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] });

describe('the configuration file', () => {
  let one: MockVendor;
  let two: MockVendor;
  let folder: string;
  beforeAll(async () => {
    [one, two] = [await MockVendor.start(), await MockVendor.start()];
  });
  afterAll(async () => {
    await one.close();
    await two.close();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
    for (const [vendor, text] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      vendor.answer((response, { body }) => {
        const { stream = false, model } = JSON.parse(body) as { stream?: boolean; model: string };
        response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
        response.end(stream ? [chunkFrame({ role: 'assistant', content: text }, null, { model }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join('') : completion(text));
      });
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (text: string): string => {
    const path = join(folder, 'shellm.config.yaml');
    writeFileSync(path, text);
    return path;
  };
  const ask = (url: string, model: string, more: object = {}): ReturnType<typeof call> =>
    call(`${url}/v1/chat/completions`, { body: { model, messages: [{ role: 'user', content: 'hi' }], ...more } });
  const servers = (): string => `providers: { one: { base_url: "${one.url}/v1", default_model: m1 }, two: { base_url: "${two.url}/v1" } }`;

  it('names servers and aliases; an alias has a chain of its own', async () => {
    const gateway = await bootGateway({ SHELLM_CONFIG: write(`${servers()}\naliases: { both: [one/m1, two/m2] }`) });
    expect((await ask(gateway.url, 'one')).body.choices[0].message.content).toBe('one');
    expect((await ask(gateway.url, 'two/any/name')).headers.get('x-shellm-model')).toBe('any/name');
    one.json(500, { error: { message: 'broken' } });
    const served = await ask(gateway.url, 'both');
    expect([served.status, served.headers.get('x-shellm-provider'), served.headers.get('x-shellm-model'), served.headers.get('x-shellm-fallback'), served.body.model]).toEqual([
      200,
      'two',
      'm2',
      'true',
      'both',
    ]);
    await gateway.close();
  });

  describe('when it changes', () => {
    let gateway: SpawnedGateway;
    afterEach(() => gateway.dispose());
    const isServed = async (model: string): Promise<boolean> => (await ask(gateway.url, model)).status === 200;
    const reload = (text: string, signal?: NodeJS.Signals): void => {
      write(text);
      if (signal) gateway.process.kill(signal);
    };

    it('is taken up, without a stream being dropped; a bad one changes nothing and is told', async () => {
      gateway = await spawnGateway({ SHELLM_CONFIG: write(`${servers()}\naliases: { old: one/m }`) });
      let finish: (() => void) | undefined;
      one.answer((response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(chunkFrame({ role: 'assistant', content: 'first ' }));
        finish = () => {
          response.end([chunkFrame({ content: 'last' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
        };
      });
      const streaming = ask(gateway.url, 'old', { stream: true });
      await eventually(() => finish !== undefined);
      reload(`providers: { two: { base_url: "${two.url}/v1" } }\naliases: { new: two/m }`);
      await eventually(async () => isServed('new'), 10_000);
      expect([await isServed('old'), await isServed('one/m')]).toEqual([false, false]);
      finish?.();
      const { body } = await streaming;
      expect(String(body)).toContain('last');
      expect(String(body)).toContain('[DONE]');
      reload('aliases: { new: nobody/m }', 'SIGHUP');
      await eventually(() => gateway.output().includes('\\"nobody/m\\" names no provider'));
      expect(await isServed('new')).toBe(true);
      reload('aliases: [', 'SIGHUP');
      await eventually(() => gateway.output().includes('line 1, column'));
      expect(await isServed('new')).toBe(true);
      expect(gateway.output()).toMatch(/"level":"error".*stays in force/);
    }, 30_000);

    it('is taken up at SIGHUP, in the data folder too', async () => {
      gateway = await spawnGateway({ SHELLM_PROVIDERS: 'demo' });
      expect((await ask(gateway.url, 'mine', { provider: 'demo' })).status).toBe(200);
      writeFileSync(join(gateway.dataDir, 'shellm.config.yaml'), 'aliases: { mine: demo/demo }');
      gateway.process.kill('SIGHUP');
      await eventually(async () => JSON.stringify((await call(`${gateway.url}/v1/models`)).body).includes('"mine"'));
    }, 30_000);
  });

  it.each([
    ['aliases: { a: nobody/m }', 'shellm.config.yaml: aliases.a: "nobody/m" names no provider and no alias'],
    ['aliases: { a: b, b: a }', 'shellm.config.yaml: aliases.a: leads in a circle'],
    ['providers: { x: { base_url: y } }', 'shellm.config.yaml: providers.x.base_url: must be an http or https URL without a user name'],
    ['extra: 1', 'shellm.config.yaml: extra: is unknown; there is aliases, providers, acp, images, callbacks, prices'],
  ])('%j stops the start', async (text, expected) => {
    await expect(bootGateway({ SHELLM_CONFIG: write(text) })).rejects.toThrow(expected);
  });

  it('that is named has to be there', async () => {
    await expect(bootGateway({ SHELLM_CONFIG: join(folder, 'none.yaml') })).rejects.toThrow('SHELLM_CONFIG: there is no such file');
  });

  it('stops a real start with one line', async () => {
    await expect(spawnGateway({ SHELLM_CONFIG: write('nonsense') })).rejects.toThrow(/: shellm: shellm\.config\.yaml: must be a mapping of names to values\n$/);
  });

  describe('and what is told of it', () => {
    let gateway: Gateway;
    const clients = JSON.stringify({ all: { key: 'key-of-all-12345678' }, one: { key: 'key-of-one-12345678', models: ['one/*'] } });
    beforeEach(async () => {
      gateway = await bootGateway({ SHELLM_CONFIG: write(servers()), SHELLM_CLIENTS: clients, SHELLM_PROVIDERS: 'one,two,demo' });
    });
    afterEach(() => gateway.close());
    const get = (path: string, client: string): ReturnType<typeof call> => call(`${gateway.url}${path}`, { headers: { authorization: `Bearer key-of-${client}-12345678` } });

    it('what each provider can do, to whom may use it', async () => {
      const { body } = await get('/v1/capabilities', 'all');
      expect(body).toMatchObject({ object: 'list', data: [{ id: 'one' }, { id: 'two' }, { id: 'demo', capabilities: { streaming: 'native', tools: 'native' } }] });
      expect((await get('/v1/capabilities', 'one')).body.data).toMatchObject([{ id: 'one' }]);
      expect((await call(`${gateway.url}/v1/capabilities`)).status).toBe(401);
    });

    it('what a vendor last said of its limits', async () => {
      expect((await get('/quota', 'all')).body).toEqual({ data: [] });
      one.answer((response) => {
        response.writeHead(200, {
          'content-type': 'application/json',
          'x-ratelimit-limit-requests': '100',
          'x-ratelimit-remaining-requests': '25',
          'x-ratelimit-reset-requests': '60s',
        });
        response.end(
          JSON.stringify({
            id: 'x',
            object: 'chat.completion',
            created: 1,
            model: 'm',
            choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'stop' }],
          }),
        );
      });
      await call(`${gateway.url}/v1/chat/completions`, {
        body: { model: 'one/m', messages: [{ role: 'user', content: 'hi' }] },
        headers: { authorization: 'Bearer key-of-all-12345678' },
      });
      expect((await get('/quota', 'one')).body.data).toEqual([{ provider: 'one', window: 'requests', used_percent: 75, resets_at: expect.any(String), status: 'allowed' }]);
    });
  });
});
