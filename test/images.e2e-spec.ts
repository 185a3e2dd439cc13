import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockGemini, startMockGemini } from './support/mock-gemini.mjs';

const bin = findInstalledCli('gemini');
const withCli = bin === undefined ? describe.skip : describe;

type Told = Awaited<ReturnType<typeof call>>;

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

withCli('images by URL on a CLI (the real Gemini CLI)', () => {
  jest.setTimeout(90_000);
  let vendor: MockGemini;
  let folder: string;
  let server: Server;
  let port: number;
  let asked: string[] = [];
  let answer: (response: ServerResponse) => void;
  const give = (type: string, body: Buffer | string, status = 200, headers: Record<string, string> = {}): void => {
    answer = (response) => {
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
    };
  };

  beforeAll(async () => {
    vendor = await startMockGemini();
    folder = mkdtempSync(join(tmpdir(), 'images-'));
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      answer(response);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(async () => {
    await vendor.close();
    rmSync(folder, { recursive: true });
    server.closeAllConnections();
    server.close();
  });
  afterEach(() => {
    vendor.reset();
    asked = [];
  });

  const boot = (images: string, more: Record<string, string> = {}): Promise<Gateway> => {
    const path = join(folder, 'shellm.config.yaml');
    writeFileSync(path, images);
    return bootGateway({
      ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, SHELLM_CONFIG: path, SHELLM_GEMINI_BIN: bin!, GEMINI_API_KEY: 'gemini-key', GOOGLE_GEMINI_BASE_URL: vendor.url },
      ...more,
    });
  };
  const ask = ({ url }: Gateway, images: readonly string[], more: object = {}): Promise<Told> => {
    const content = [{ type: 'text', text: 'What is it?' }, ...images.map((image) => ({ type: 'image_url', image_url: { url: image } }))];
    return call(`${url}/v1/chat/completions`, { body: { model: 'gemini', messages: [{ role: 'user', content }], fallback: false, ...more } });
  };
  const imagesTold = (): unknown[] =>
    vendor.requests
      .filter(({ path }) => path.includes('enerateContent'))
      .flatMap(({ body }) => body.contents.flatMap(({ parts }) => parts.flatMap(({ inlineData }) => (inlineData ? [inlineData] : []))));
  const refusal = ({ status, body }: Told): unknown[] => [status, body.error.code, body.error.param, body.error.message];

  describe('where the operator allows it', () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await boot('images: { fetch: true, allow: ["127.0.0.1"] }');
    });
    afterAll(() => gateway.close());

    it.each([false, true])('they are fetched, one that is named twice once, and reach the model (streamed: %s)', async (stream) => {
      give('image/png', png);
      const told = await ask(gateway, [`http://127.0.0.1:${port}/a.png`, `http://127.0.0.1:${port}/a.png`, `http://127.0.0.1:${port}/b.png`], { stream });
      expect(told.status).toBe(200);
      expect(asked.sort()).toEqual(['/a.png', '/b.png']);
      expect(imagesTold()).toEqual(Array.from({ length: 3 }, () => ({ mimeType: 'image/png', data: png.toString('base64') })));
    });

    it.each(['application/octet-stream', 'image/gif', ''])('are what their bytes say, declared as "%s"', async (type) => {
      give(type, png);
      expect((await ask(gateway, [`http://127.0.0.1:${port}/c.png`])).status).toBe(200);
      expect(imagesTold()).toMatchObject([{ mimeType: 'image/png' }]);
    });

    it.each<[string, () => void, string]>([
      [
        'no image',
        () => {
          give('text/html', '<html>');
        },
        'leads to no PNG',
      ],
      [
        'a page that says it is one',
        () => {
          give('image/png', '<html>');
        },
        'leads to no PNG',
      ],
      [
        'one in a form that is not taken',
        () => {
          give('image/svg+xml', '<svg/>');
        },
        'leads to no PNG',
      ],
      [
        'a failure',
        () => {
          give('image/png', png, 404);
        },
        'the status 404',
      ],
      [
        'a redirect',
        () => {
          give('image/png', png, 302, { location: 'http://169.254.169.254/' });
        },
        'redirects',
      ],
      [
        'too much',
        () => {
          give('image/png', Buffer.alloc(21 * 1024 ** 2, png));
        },
        'larger than 20 MB',
      ],
      [
        'a broken connection',
        () => {
          answer = (response) => response.destroy();
        },
        'did not answer',
      ],
    ])('refuses what turns out to be %s, naming the part', async (_, prepare, why) => {
      prepare();
      const told = await ask(gateway, [`http://127.0.0.1:${port}/secret-name`]);
      expect(refusal(told)).toEqual([400, 'invalid_parameter', expect.stringMatching(/^messages\[0\]\.content\[1\]/), expect.stringContaining(why)]);
      expect(JSON.stringify(told.body)).not.toContain('secret-name');
      expect(imagesTold()).toEqual([]);
    });

    it('goes to no address that is not listed, whatever it is called, and does not say what is there', async () => {
      const messages = new Set<unknown>();
      const hosts = ['other.localhost', '[::1]', '127.0.0.2', '0.0.0.0', '169.254.169.254', '10.0.0.1', '[::ffff:10.0.0.1]', '0x7f000002', 'no-such-host.invalid'];
      for (const host of hosts) messages.add(JSON.stringify(refusal(await ask(gateway, [`http://${host}:${port}/`]))));
      expect([...messages]).toHaveLength(1);
      expect([...messages][0]).toContain('may not be reached');
      expect(asked).toEqual([]);
    });

    it('takes no other scheme, no user name, and not too many', async () => {
      give('image/png', png);
      for (const url of ['ftp://127.0.0.1/x', 'file:///etc/passwd', `http://user:word@127.0.0.1:${port}/`]) expect((await ask(gateway, [url])).status).toBe(400);
      const many = await ask(
        gateway,
        Array.from({ length: 21 }, (_, index) => `http://127.0.0.1:${port}/${index}`),
      );
      expect(refusal(many)).toEqual([400, 'invalid_parameter', expect.stringMatching(/^messages\[0\]\.content\[21\]/), expect.stringContaining('at most 20')]);
      expect(asked).toEqual([]);
    });

    it('lets go of the server where its client leaves', async () => {
      const closed = new Promise((resolve) => {
        answer = (response) => response.on('close', resolve);
      });
      const abort = new AbortController();
      const body = { model: 'gemini', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `http://127.0.0.1:${port}/` } }] }] };
      const request = fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: abort.signal,
      });
      setTimeout(() => {
        abort.abort();
      }, 300);
      await expect(request).rejects.toThrow();
      await closed;
    });
  });

  it('a listed name may be anywhere: its address by itself is not listed', async () => {
    const gateway = await boot('images: { fetch: true, allow: [localhost] }');
    give('image/png', png);
    expect((await ask(gateway, [`http://localhost:${port}/x`])).status).toBe(200);
    expect((await ask(gateway, [`http://127.0.0.1:${port}/x`])).status).toBe(400);
    await gateway.close();
  });

  it('is the request that is wrong, where fetching is off: nothing is asked', async () => {
    const gateway = await boot('images: { allow: ["127.0.0.1"] }');
    const told = await ask(gateway, [`http://127.0.0.1:${port}/`]);
    expect([told.status, told.body.error.param]).toEqual([400, expect.stringMatching(/^messages\[0\]\.content\[1\]/)]);
    expect(asked).toEqual([]);
    await gateway.close();
  });

  it('a time limit holds for images, too', async () => {
    const gateway = await boot('images: { fetch: true, allow: ["127.0.0.0/8"] }', { SHELLM_REQUEST_TIMEOUT_MS: '500' });
    answer = (response) => void response.writeHead(200, { 'content-type': 'image/png' }).write(png.subarray(0, 20));
    const told = await ask(gateway, [`http://127.0.0.1:${port}/`]);
    expect([told.status, told.body.error.code]).toEqual([504, 'timeout']);
    await gateway.close();
  });

  it('a range that is none stops the start', async () => {
    await expect(boot('images: { fetch: true, allow: ["10.0.0.0/99"] }')).rejects.toThrow('shellm.config.yaml: images.allow: "10.0.0.0/99" is no range of addresses');
  });
});
