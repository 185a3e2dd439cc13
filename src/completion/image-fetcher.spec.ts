import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { ImageFetcher } from './image-fetcher.js';
import { type ConfigFile } from '../config/config-file.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { completionRequest } from '../../test/support/completion-request.js';

const MEGABYTE = 1024 ** 2;
const png = Buffer.from('89504e470d0a1a0a', 'hex');

describe(ImageFetcher.name, () => {
  let server: Server;
  let origin: string;
  let handle: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_, response) => {
      handle(response.writeHead(200, { 'content-type': 'image/png' }));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const file = {
    use: (prepare: (settings: object) => () => void) => {
      prepare({ images: { fetch: true, allow: ['127.0.0.1'] } })();
    },
  } as unknown as ConfigFile;
  const fetched = (count: number): Promise<CompletionRequest> => {
    const content = Array.from({ length: count }, (_, index) => ({ type: 'image-url' as const, url: `${origin}/${index}`, param: `part ${index}` }));
    const provider = { kind: 'cli', capabilities: { images: 'native' } } as unknown as Parameters<ImageFetcher['fetchFor']>[0];
    return firstValueFrom(new ImageFetcher(file).fetchFor(provider, completionRequest([{ role: 'user', content }])));
  };

  it('puts the images in the places of their URLs', async () => {
    handle = (response) => response.end(png);
    const image = { type: 'image', mediaType: 'image/png', data: png.toString('base64') };
    expect((await fetched(2)).messages).toEqual([
      {
        role: 'user',
        content: [
          { ...image, param: 'part 0' },
          { ...image, param: 'part 1' },
        ],
      },
    ]);
  });

  it('holds no more than one request may have, of images that have not ended either', async () => {
    let closed = 0;
    handle = (response) => {
      response.on('close', () => (closed += 1)).write(Buffer.alloc(4 * MEGABYTE, png));
    };
    await expect(fetched(10)).rejects.toMatchObject({ code: 'invalid_parameter', param: expect.stringMatching(/^part/), message: expect.stringContaining('32 MB in all') });
    while (closed < 10) await new Promise((go) => setTimeout(go, 10));
  }, 10_000);
});
