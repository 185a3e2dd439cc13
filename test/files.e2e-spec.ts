import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import OpenAI, { BadRequestError, NotFoundError, toFile } from 'openai';
import { Storage } from '../src/storage/storage.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';

const clients = { SHELLM_CLIENTS: JSON.stringify({ a: { key: 'key-a' }, b: { key: 'key-b' }, slow: { key: 'key-slow', rpm: 1 }, metrics: { key: 'key-m', scopes: ['metrics'] } }) };
const asA = { authorization: 'Bearer key-a' };

describe('files', () => {
  let gateway: Gateway;
  let a: OpenAI;
  let b: OpenAI;
  beforeAll(async () => {
    gateway = await bootGateway({
      ...clients,
      SHELLM_PROVIDERS: 'demo',
      SHELLM_AGENT_BODY_LIMIT: '3mb',
      SHELLM_CLIENT_STORE_MB: '4',
    });
    const openai = (apiKey: string): OpenAI => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 0 });
    [a, b] = [openai('key-a'), openai('key-b')];
  });
  afterAll(() => gateway.close());
  afterEach(async () => {
    await gateway.app.get(Storage).db.deleteFrom('files').execute();
  });

  const chunks = async (): Promise<number> => (await gateway.app.get(Storage).db.selectFrom('file_chunks').select('file_id').execute()).length;
  const nothingIsLeft = (): Promise<void> => eventually(async () => (await gateway.app.get(Storage).db.selectFrom('files').select('id').execute()).length === 0, 10_000);

  /** A form, written by hand. */
  const form = (parts: readonly { head: string; body: string | Buffer }[], boundary = 'B'): Buffer =>
    Buffer.concat([
      ...parts.flatMap(({ head, body }) => [Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`), Buffer.from(body), Buffer.from('\r\n')]),
      Buffer.from(`--${boundary}--\r\n`),
    ]);
  const fileHead = (name = 'filename="f.jsonl"', field = 'file'): string => `Content-Disposition: form-data; name="${field}"; ${name}\r\nContent-Type: application/octet-stream`;
  const field = (name: string, body: string): { head: string; body: string } => ({ head: `Content-Disposition: form-data; name="${name}"`, body });
  const post = async (body: Buffer, headers: Record<string, string> = {}): Promise<{ status: number; body: Awaited<ReturnType<typeof call>>['body'] }> => {
    const response = await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers: { ...asA, 'content-type': 'multipart/form-data; boundary=B', ...headers }, body });
    return { status: response.status, body: await response.json() };
  };

  it('live a whole life with the OpenAI client', async () => {
    const text = '{"custom_id":"ä"}\r\n{"custom_id":"b"}\n';
    const file = await a.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'anfragen "ä".jsonl') });
    expect(file).toEqual({
      ...{
        id: expect.stringMatching(/^file-/),
        object: 'file',
        bytes: Buffer.byteLength(text),
        filename: 'anfragen "ä".jsonl',
        purpose: 'batch',
        status: 'processed',
        status_details: null,
      },
      ...{ created_at: expect.any(Number), expires_at: file.created_at + 30 * 86_400 },
    });
    const second = await a.files.create({ purpose: 'batch', file: await toFile(Buffer.from('{}'), 'two'), expires_after: { anchor: 'created_at', seconds: 3600 } });
    expect(second.expires_at! - second.created_at).toBe(3600);
    expect(await a.files.retrieve(file.id)).toEqual(file);
    expect((await a.files.list({ purpose: 'batch', order: 'asc' })).data).toEqual([file, second]);
    const paged: string[] = [];
    for await (const { id } of a.files.list({ limit: 1 })) paged.push(id);
    expect(paged).toEqual([second.id, file.id]);
    const content = await a.files.content(file.id);
    expect(await content.text()).toBe(text);
    expect(Object.fromEntries(content.headers)).toMatchObject({
      'content-type': 'application/jsonl; charset=utf-8',
      'content-length': String(file.bytes),
      'content-disposition': `attachment; filename="anfragen ___.jsonl"; filename*=UTF-8''anfragen%20%22%C3%A4%22.jsonl`,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    for (const ask of [() => b.files.retrieve(file.id), () => b.files.content(file.id), () => b.files.delete(file.id)]) await expect(ask()).rejects.toBeInstanceOf(NotFoundError);
    expect((await b.files.list()).data).toEqual([]);
    await expect(b.files.list({ after: file.id })).rejects.toBeInstanceOf(BadRequestError);
    expect(await a.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(a.files.retrieve(file.id)).rejects.toBeInstanceOf(NotFoundError);
    await a.files.delete(second.id);
    await nothingIsLeft();
    expect(await chunks()).toBe(0);
  });

  it('of megabytes come back whole', async () => {
    const text = Array.from({ length: 30_000 }, (_, index) => `{"custom_id":"${index}","text":"${'ü'.repeat(index % 40)}"}\n`).join('');
    const { id } = await a.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'x') });
    expect(await (await a.files.content(id)).text()).toBe(text);
    await a.files.delete(id);
  });

  it('come in forms whose parts have any order', async () => {
    const first = await post(form([{ head: fileHead(), body: '{}' }, field('purpose', 'batch')]));
    const last = await post(form([field('other', 'x'), field('purpose', 'batch'), { head: fileHead('filename="..\\..\\a/../x.jsonl"'), body: '{}' }]));
    expect([first.status, last.status, last.body.filename]).toEqual([200, 200, 'x.jsonl']);
    await Promise.all([first, last].map(({ body }) => a.files.delete(body.id)));
  });

  it('are refused in clear words, and leave nothing', async () => {
    const file = { head: fileHead(), body: '{}' };
    const purpose = field('purpose', 'batch');
    const cases: [string, Buffer, Record<string, string>, number, string, string | null, RegExp][] = [
      ['no file', form([purpose]), {}, 400, 'invalid_parameter', 'file', /file is required/],
      ['two files', form([file, purpose, file]), {}, 400, 'invalid_parameter', 'file', /more than one file/],
      ['another field', form([{ head: fileHead('filename="x"', 'data'), body: '{}' }, purpose]), {}, 400, 'invalid_parameter', 'file', /in the field "file"/],
      ['no purpose', form([file]), {}, 400, 'invalid_parameter', 'purpose', /is required/],
      ['another purpose', form([file, field('purpose', 'fine-tune')]), {}, 400, 'invalid_parameter', 'purpose', /must be "batch"/],
      ['two purposes', form([purpose, file, purpose]), {}, 400, 'invalid_parameter', 'purpose', /there twice/],
      ['two purposes before a long file', form([purpose, purpose, { head: fileHead(), body: 'x'.repeat(500_000) }]), {}, 400, 'invalid_parameter', 'purpose', /there twice/],
      ['a long field', form([field('purpose', 'x'.repeat(5000)), file]), {}, 400, 'invalid_parameter', 'purpose', /too long/],
      [
        'a wrong expiry',
        form([purpose, field('expires_after[anchor]', 'created_at'), field('expires_after[seconds]', '5'), file]),
        {},
        400,
        'invalid_parameter',
        'expires_after[seconds]',
        /3600/,
      ],
      ['half an expiry', form([purpose, field('expires_after[seconds]', '5000'), file]), {}, 400, 'invalid_parameter', 'expires_after[anchor]', /created_at/],
      ['zero bytes', form([{ head: fileHead(), body: '' }, purpose]), {}, 400, 'invalid_parameter', 'file', /empty/],
      ['no UTF-8', form([{ head: fileHead(), body: Buffer.from([0xff, 0xfe, 0x41, 0]) }, purpose]), {}, 400, 'invalid_parameter', 'file', /UTF-8/],
      ['a NUL', form([{ head: fileHead(), body: 'a\0' }, purpose]), {}, 400, 'invalid_parameter', 'file', /NUL/],
      ['thousands of parts', form(Array.from({ length: 5000 }, () => field('x', ''))), {}, 400, 'invalid_parameter', 'x', /twice/],
      ['thousands of fields', form(Array.from({ length: 5000 }, (_, index) => field(`x${index}`, ''))), {}, 400, 'invalid_parameter', null, /too many/],
      ['parts without a name', form(Array.from({ length: 5000 }, () => ({ head: 'X: y', body: '' }))), {}, 400, 'invalid_parameter', null, /too many parts|file is required/],
      ['a head without an end', Buffer.from(`--B\r\n${'X-Y: z\r\n'.repeat(100_000)}`), {}, 400, 'invalid_parameter', null, /no valid multipart/],
      ['a form that breaks off', form([purpose, file]).subarray(0, -20), {}, 400, 'invalid_parameter', null, /no valid multipart/],
      ['no form at all', Buffer.from('hello'), {}, 400, 'invalid_parameter', null, /no valid multipart/],
      ['nothing', Buffer.alloc(0), {}, 400, 'invalid_parameter', null, /no valid multipart/],
      ['no boundary', form([file, purpose]), { 'content-type': 'multipart/form-data' }, 400, 'invalid_parameter', 'Content-Type', /boundary/],
      ['prototypes', form([field('__proto__', 'x'), field('constructor', 'x'), file]), {}, 400, 'invalid_parameter', 'purpose', /required/],
      ['JSON', Buffer.from('{"purpose":"batch"}'), { 'content-type': 'application/json' }, 415, 'unsupported_media_type', 'Content-Type', /multipart\/form-data/],
      ['another type', Buffer.from('x'), { 'content-type': 'text/csv' }, 415, 'unsupported_media_type', null, /./],
      ['over the limit', form([{ head: fileHead(), body: 'x'.repeat(3.5 * 1024 ** 2) }, purpose]), {}, 413, 'payload_too_large', null, /limit/],
    ];
    for (const [what, body, headers, status, code, param, message] of cases) {
      const answer = await post(body, headers);
      expect([what, answer.status, answer.body]).toEqual([what, status, { error: { message: expect.stringMatching(message), type: 'invalid_request_error', param, code } }]);
    }
    await nothingIsLeft();
  });

  it('over the client’s store are refused before and while they come', async () => {
    const text = 'x'.repeat(2.5 * 1024 ** 2);
    const kept = await a.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'x') });
    const { status, body } = await post(form([{ head: fileHead(), body: text }, field('purpose', 'batch')]));
    expect([status, body.error]).toEqual([
      413,
      { message: expect.stringContaining('longer than 4 MB together'), type: 'invalid_request_error', param: 'file', code: 'payload_too_large' },
    ]);
    expect((await a.files.list()).data).toEqual([kept]);
    await b.files.delete((await b.files.create({ purpose: 'batch', file: await toFile(Buffer.from(text), 'x') })).id);
    await a.files.delete(kept.id);
    await nothingIsLeft();
  });

  /** The status of the answer to a request whose body does not end. @param write more of the body, as long as it is wanted */
  const statusOf = (headers: Record<string, string | number>, write: (sent: ReturnType<typeof request>) => void): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const sent = request(`${gateway.url}/v1/files`, { method: 'POST', headers: { 'content-type': 'multipart/form-data; boundary=B', ...headers } });
      sent.on('error', reject);
      sent.on('response', ({ statusCode }) => {
        resolve(statusCode);
        sent.off('error', reject).on('error', () => undefined);
        sent.destroy();
      });
      sent.flushHeaders();
      write(sent);
    });

  it('are refused before their bodies are read, without a key, a scope or room in the minute', async () => {
    const status = (headers: Record<string, string>): Promise<number | undefined> => statusOf({ ...headers, 'content-length': 1_000_000 }, () => undefined);
    expect(await status({})).toBe(401);
    expect(await status({ authorization: 'Bearer key-m' })).toBe(403);
    const slow = { authorization: 'Bearer key-slow' };
    expect((await post(form([field('purpose', 'batch')]), slow)).status).toBe(400);
    expect((await post(form([field('purpose', 'batch')]), slow)).status).toBe(429);
    expect(await status(slow)).toBe(429);
  });

  it('are forms at this endpoint alone', async () => {
    const body = form([field('model', 'demo')]);
    const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers: { ...asA, 'content-type': 'multipart/form-data; boundary=B' }, body });
    expect([response.status, ((await response.json()) as { error: object }).error]).toMatchObject([
      415,
      { code: 'unsupported_media_type', message: expect.stringContaining('application/json') },
    ]);
  });

  /** A form that never comes to its end. */
  const halfAForm = (url: string): ReturnType<typeof request> => {
    const sent = request(`${url}/v1/files`, { method: 'POST', headers: { ...asA, 'content-type': 'multipart/form-data; boundary=B', 'content-length': 2_000_000 } });
    sent.on('error', () => undefined);
    sent.write(Buffer.concat([Buffer.from(`--B\r\n${fileHead()}\r\n\r\n`), Buffer.alloc(300_000, 'x')]));
    return sent;
  };

  it('whose client leaves in the middle leave nothing', async () => {
    const leaving = halfAForm(gateway.url);
    await eventually(async () => (await chunks()) > 0, 10_000);
    leaving.destroy();
    await nothingIsLeft();
  });

  it('that come too slowly are given up', async () => {
    const impatient = await bootGateway({ ...clients, SHELLM_PROVIDERS: 'demo', SHELLM_RECEIVE_TIMEOUT_MS: '500', SHELLM_HEADERS_TIMEOUT_MS: '500' });
    const slow = halfAForm(impatient.url);
    const status = await new Promise<number | undefined>((resolve) => {
      slow.on('response', ({ statusCode }) => {
        resolve(statusCode);
      });
      slow.on('close', () => {
        resolve(undefined);
      });
    });
    expect([408, undefined]).toContain(status);
    await eventually(async () => (await impatient.app.get(Storage).db.selectFrom('files').select('id').execute()).length === 0, 10_000);
    await impatient.close();
  });

  it('that are longer than they say are cut at the limit', async () => {
    const status = await statusOf(asA, (sent) => {
      sent.write(`--B\r\n${fileHead()}\r\n\r\n`);
      const more = (): void => {
        if (!sent.destroyed) sent.write(Buffer.alloc(100_000, 'x'), more);
      };
      more();
    });
    expect(status).toBe(413);
    await nothingIsLeft();
  });

  it('are documented with a form to try', async () => {
    const { body } = await call(`${gateway.url}/docs-json`);
    expect(body.paths['/v1/files'].post.requestBody.content['multipart/form-data'].schema.properties.file).toMatchObject({ type: 'string', format: 'binary' });
  });
});
