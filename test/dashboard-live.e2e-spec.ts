import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { get } from 'node:http';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { signIn } from './support/dashboard.js';
import { eventually } from './support/eventually.js';

const clients = JSON.stringify({
  root: { key: 'sk-root-of-the-test', scopes: ['admin', 'completions'], max_concurrent: 1, rpm: 1000 },
  plain: { key: 'sk-plain-of-the-test' },
});
const withRoot = { authorization: 'Bearer sk-root-of-the-test' };

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the tests look into it freely
type Moment = any;

interface Viewer {
  readonly moments: Moment[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly status: number;
  /** Resolves with whether the stream came to its end. */
  readonly ended: Promise<boolean>;
  leave(): void;
}

/** Looks over a socket of its own. */
function look(url: string, headers: Record<string, string>): Promise<Viewer> {
  return new Promise((resolve, reject) => {
    const request = get(`${url}/dashboard/api/live`, { headers, agent: false }, (response) => {
      const moments: Moment[] = [];
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const frames = text.split('\n\n');
        text = frames.pop() ?? '';
        for (const frame of frames) if (frame.startsWith('data: ')) moments.push(JSON.parse(frame.slice(6)));
      });
      const ended = new Promise<boolean>((over) => {
        response.once('end', () => {
          over(response.complete);
        });
        response.once('error', () => {
          over(false);
        });
      });
      resolve({ moments, headers: response.headers, status: response.statusCode ?? 0, ended, leave: () => request.destroy() });
    });
    request.once('error', reject);
  });
}

describe('what runs, live', () => {
  let gateway: Gateway;
  let headers: Record<string, string>;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: clients });
    headers = await signIn(gateway.url, 'sk-root-of-the-test');
  });
  afterAll(() => gateway.close());

  it('tells the moment at once, and each second in which something changed', async () => {
    const viewer = await look(gateway.url, headers);
    await eventually(() => viewer.moments.length > 0);
    expect(viewer.headers).toMatchObject({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    expect(viewer.moments[0]).toEqual({
      at: expect.stringMatching(/Z$/),
      uptime_seconds: expect.any(Number),
      memory_bytes: expect.any(Number),
      version: expect.any(String),
      instance: expect.any(String),
      shutting_down: false,
      in_flight: 0,
      capacity: { active: 0, max: 2, queued: 0, max_queued: 10, warm: expect.any(Number), background_queued: 0 },
      kept: { processes: 0, max: 4 },
      providers: [{ id: 'demo', warm: expect.any(Number), running: expect.any(Number) }],
      clients: [],
      sessions: 0,
      jobs: { queued: 0, running: 0 },
      last_minute: { requests: 0, errors: 0 },
    });
    // The viewer's key may have one request answered at once: looking takes no place.
    const slow = { model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo first=1500 words=3]]' }] };
    const answer = call(`${gateway.url}/v1/chat/completions`, { headers: withRoot, body: slow });
    await eventually(() => viewer.moments.some(({ in_flight }: Moment) => in_flight === 1), 3000);
    expect(viewer.moments.find(({ in_flight }: Moment) => in_flight === 1)).toMatchObject({ capacity: { active: 1 }, clients: [{ name: 'root', in_flight: 1 }] });
    expect((await answer).status).toBe(200);
    await eventually(() => viewer.moments.at(-1).last_minute.requests === 1, 5000);
    expect(viewer.moments.at(-1)).toMatchObject({ in_flight: 0, capacity: { active: 0 }, last_minute: { requests: 1, errors: 0 } });
    const told = viewer.moments.length;
    await new Promise((resolve) => setTimeout(resolve, 2200));
    expect(viewer.moments.length).toBeLessThanOrEqual(told + 1);
    viewer.leave();
  });

  it('is for admins', async () => {
    for (const [given, status] of [
      [{}, 401],
      [{ authorization: 'Bearer sk-plain-of-the-test' }, 403],
      [{ cookie: headers['cookie'] ?? '' }, 401],
    ] as const) {
      expect((await call(`${gateway.url}/dashboard/api/live`, { headers: given })).status).toBe(status);
    }
  });

  it('ends with the key, within two seconds', async () => {
    const { body } = await call(`${gateway.url}/admin/keys`, { headers: withRoot, body: { name: 'short', scopes: ['admin'] } });
    const viewer = await look(gateway.url, await signIn(gateway.url, body.key));
    await call(`${gateway.url}/admin/keys/${body.id as string}`, { method: 'DELETE', headers: withRoot });
    const revokedAt = performance.now();
    expect(await viewer.ended).toBe(true);
    expect(performance.now() - revokedAt).toBeLessThan(2500);
  });

  it('has so many viewers, and forgets those that left', async () => {
    const viewers = await Promise.all(Array.from({ length: 32 }, () => look(gateway.url, headers)));
    expect(viewers.map(({ status }) => status)).toEqual(Array<number>(32).fill(200));
    const one = await call(`${gateway.url}/dashboard/api/live`, { headers });
    expect([one.status, one.body.error.code]).toEqual([429, 'concurrency_limit_exceeded']);
    for (const viewer of viewers) viewer.leave();
    await eventually(async () => {
      const again = await look(gateway.url, headers);
      again.leave();
      return again.status === 200;
    });
  });

  it('holds no shutdown up, and says so', async () => {
    const other = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: clients });
    const viewer = await look(other.url, withRoot);
    const began = performance.now();
    await other.close();
    expect(performance.now() - began).toBeLessThan(3000);
    expect(await viewer.ended).toBe(true);
    expect(viewer.moments.at(-1)).toMatchObject({ shutting_down: true });
  });
});
