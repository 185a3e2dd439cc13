import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bootGateway, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';

const deploy = resolve(import.meta.dirname, '../deploy');
const KEY = 'right-key-right-key-right-key-1';
const read = (file: string): string => readFileSync(join(deploy, file), 'utf8');

interface Proxy {
  readonly name: string;
  readonly program: string;
  /** The shipped file for these ports, without a certificate, as a file in the folder. What to start it with. */
  readonly configure: (folder: string, port: number, gateway: string) => readonly string[];
}

const proxies: readonly Proxy[] = [
  {
    name: 'deploy/nginx/shellm.conf',
    program: '/usr/sbin/nginx',
    configure: (folder, port, gateway) => {
      const site = read('nginx/shellm.conf')
        .replace('127.0.0.1:6100', gateway)
        .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
        .replace(/^\s*ssl_certificate.*$/gm, '');
      const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ');
      const file = join(folder, 'nginx.conf');
      const user = process.getuid?.() === 0 ? 'user root;' : ''; // the folder is this user's own
      writeFileSync(file, `${user} daemon off; pid ${folder}/pid; error_log stderr; events {} http { access_log off; ${paths}\n${site} }`);
      return ['-c', file, '-e', 'stderr'];
    },
  },
  {
    name: 'deploy/caddy/Caddyfile',
    program: '/usr/bin/caddy',
    configure: (folder, port, gateway) => {
      const site = read('caddy/Caddyfile')
        .replace('127.0.0.1:6100', gateway)
        .replace(/^llm\.example\.com \{$/m, `http://llm.example.com:${port} {\nbind 127.0.0.1`);
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, `{\nadmin off\n}\n${site}`);
      return ['run', '--adapter', 'caddyfile', '--config', file];
    },
  },
];

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

for (const { name, program } of proxies) if (!existsSync(program)) process.stderr.write(`SKIPPED: the specs of ${name}; they need ${program}.\n`);

describe.each(proxies.filter(({ program }) => existsSync(program)))('$name', ({ program, configure }) => {
  let [vendor, gateway, proxy]: [MockVendor?, Gateway?, ChildProcess?] = [];
  let [port, folder] = [0, ''];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      SHELLM_CLIENTS: JSON.stringify({ a: { key: KEY, scopes: ['completions', 'admin'] } }),
      SHELLM_TRUST_PROXY: '127.0.0.1',
      SHELLM_ALLOWED_HOSTS: 'llm.example.com,127.0.0.1',
      SHELLM_PROVIDERS: 'openai',
      OPENAI_API_KEY: 'sk-mock',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    });
    port = await freePort();
    const args = configure(folder, port, gateway.url.slice('http://'.length));
    proxy = spawn(program, args, { env: { PATH: '/usr/bin:/bin', HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }, stdio: ['ignore', 'ignore', 'inherit'] });
    await eventually(async () => (await ask('/health/live')).status === 200, 10_000);
  });

  afterEach(async () => {
    const ended = new Promise((exited) => proxy?.once('exit', exited));
    proxy?.kill('SIGTERM');
    await ended;
    await gateway?.close();
    await vendor?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a client of llm.example.com; `heard` is called with each piece of the answer as it comes. */
  function ask(
    path: string,
    { body, headers = {}, heard }: { body?: string; headers?: Record<string, string>; heard?: (text: string) => void } = {},
  ): Promise<{ status: number; text: string }> {
    return new Promise((answered) => {
      const asked = request(
        {
          host: '127.0.0.1',
          port,
          path,
          method: body === undefined ? 'GET' : 'POST',
          headers: { host: 'llm.example.com', 'content-type': 'application/json', 'x-api-key': KEY, ...headers },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece: string) => {
            text += piece;
            heard?.(piece);
          });
          response.once('end', () => {
            answered({ status: response.statusCode ?? 0, text });
          });
        },
      );
      asked.once('error', () => {
        answered({ status: 0, text: '' });
      });
      asked.end(body);
    });
  }

  const chat = (content: string, stream = false): string => JSON.stringify({ model: 'gpt-mock', stream, messages: [{ role: 'user', content }] });

  it('passes each word on before the next one is said', async () => {
    const words = ['one', 'two', 'three', 'four'];
    const heard = new Set<string>();
    vendor?.answer(async (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const content of words) {
        response.write(
          `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-mock', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
        );
        // A proxy that holds words back would stop here for good.
        await eventually(() => heard.has(content), 10_000);
      }
      response.end(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-mock', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
      );
    });
    const { status, text } = await ask('/v1/chat/completions', {
      body: chat('count', true),
      heard: (piece) => {
        for (const word of words) if (piece.includes(`"${word}"`)) heard.add(word);
      },
    });
    expect(status).toBe(200);
    expect([...heard]).toEqual(words);
    expect(text).toContain('[DONE]');
  });

  it('lets a body through up to the limit of the gateway, which itself says what is too large', async () => {
    const padded = (bytes: number): string => chat('padded').padEnd(bytes, ' ');
    vendor?.json(200, {
      id: 'c',
      object: 'chat.completion',
      created: 1,
      model: 'gpt-mock',
      choices: [{ index: 0, message: { role: 'assistant', content: 'read' }, finish_reason: 'stop' }],
    });
    const limit = 32 * 1024 * 1024;
    // Read to its end: what it lacks is what this endpoint needs.
    const read = await ask('/v1/responses', { body: padded(limit) });
    expect([read.status, read.text]).toEqual([400, expect.stringContaining('"param":"input"')]);
    const refused = await ask('/v1/responses', { body: padded(limit + 1) });
    expect([refused.status, (JSON.parse(refused.text) as { error: { type: string } }).error.type]).toEqual([413, 'invalid_request_error']);
  });

  it('tells whose address it is, whatever the client says of it: it alone waits after wrong keys', async () => {
    const statuses = [];
    for (let count = 0; count < 11; count++)
      statuses.push((await ask('/v1/models', { headers: { 'x-api-key': `wrong-${count}`, 'x-forwarded-for': `203.0.113.${count}` } })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
  });

  it('keeps what operators look at inside', async () => {
    for (const path of ['/admin/keys', '/dashboard', '/metrics']) expect([path, await ask(path)]).toEqual([path, expect.not.objectContaining({ status: 200 })]);
    expect((await ask('/admin/keys')).text).not.toContain('"error"');
    expect((await ask('/v1/models')).status).toBe(200);
  });

  it('closes the request to the vendor where the client goes away', async () => {
    vendor?.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': here\n\n');
    });
    const asked = request({
      host: '127.0.0.1',
      port,
      path: '/v1/chat/completions',
      method: 'POST',
      headers: { host: 'llm.example.com', 'content-type': 'application/json', 'x-api-key': KEY },
    });
    asked.once('error', () => undefined);
    asked.end(chat('wait', true));
    await eventually(() => vendor?.requests.length === 1, 5000);
    asked.destroy();
    await eventually(() => vendor?.aborted === 1, 5000);
  });

  it('is a file the program itself accepts as it is shipped', () => {
    if (program.endsWith('caddy'))
      expect(spawnSync(program, ['validate', '--adapter', 'caddyfile', '--config', join(deploy, 'caddy/Caddyfile')], { env: { HOME: folder } }).status).toBe(0);
    if (program.endsWith('nginx')) expect(spawnSync(program, ['-t', '-c', join(folder, 'nginx.conf')]).status).toBe(0);
  });
});
