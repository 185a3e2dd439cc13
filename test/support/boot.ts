import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/bootstrap.js';
import { shutDown } from '../../src/serve.js';

export interface Gateway {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly dataDir: string;
  close(): Promise<void>;
}

/** The gateway in this process, on a free port, with an environment of its own: nothing of the machine's gets in. */
export async function bootGateway(environment: Record<string, string> = {}): Promise<Gateway> {
  const dataDir = await mkdtemp(join(tmpdir(), 'gateway-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  const app = await createApp({
    PATH: '/usr/bin:/bin',
    HOME: dataDir,
    SHELLM_DATA_DIR: dataDir,
    LOG_LEVEL: 'silent',
    SHELLM_RPM: '0',
    SHELLM_CLIENT_RPM: '0',
    ...environment,
  }).catch(async (refusal: unknown) => {
    await remove();
    throw refusal;
  });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    app,
    dataDir,
    close: async () => {
      await shutDown(app);
      await remove();
    },
  };
}

/** Whatever JSON came back: tests look into it freely. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Body = any;

/** A JSON request; the answer with its parsed body. */
export async function call(
  url: string,
  options: { method?: string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; headers: Headers; body: Body }> {
  const { method = options.body === undefined ? 'GET' : 'POST', headers = {}, body } = options;
  const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, {
    method,
    headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer === '' ? undefined : parsed(answer) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
