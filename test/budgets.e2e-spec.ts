import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { Storage } from '../src/storage/storage.js';
import { UsageLedger } from '../src/usage/usage-ledger.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';

const TOKENS = 30;

describe('a budget', () => {
  let vendor: MockOpenAi;
  let gateway: Gateway | undefined;
  beforeAll(async () => {
    vendor = await startMockOpenAI({});
  });
  afterEach(async () => {
    await gateway?.close();
    gateway = undefined;
    vendor.reset();
  });
  afterAll(() => vendor.close());

  const boot = async (budget: object, more: Record<string, string> = {}): Promise<string> => {
    const clients = { app: { key: 'app-key', budget }, other: { key: 'other-key' } };
    gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-server-key', SHELLM_CLIENTS: JSON.stringify(clients), ...more });
    return gateway.url;
  };
  const ask = (url: string, change: object = {}, key = 'app-key'): ReturnType<typeof call> =>
    call(`${url}/v1/chat/completions`, { headers: { authorization: `Bearer ${key}` }, body: { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }], ...change } });

  it('is overshot by no more than what is under way at once, whatever becomes of it, and then by nothing', async () => {
    vendor.config({ usage: { input: 10, output: TOKENS - 10 }, intervalMs: 5, chunks: Array.from({ length: 20 }, () => 'word ') });
    const url = await boot({ tokens: 600, period: 'day' });
    const statuses: number[] = [];
    const one = async (index: number): Promise<void> => {
      const stream = index % 2 === 0;
      const abort = index % 4 === 0 ? AbortSignal.timeout(20 + (index % 60)) : undefined;
      try {
        const answer = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: 'Bearer app-key', 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }], max_tokens: 50, stream }),
          ...(abort ? { signal: abort } : {}),
        });
        statuses.push(answer.status);
        await answer.text();
      } catch (error) {
        expect(['AbortError', 'TimeoutError']).toContain((error as Error).name);
      }
    };
    for (let round = 0; round < 3; round += 1) await Promise.all(Array.from({ length: 64 }, (_, index) => one(index)));
    // Those that left before their first word have spent nothing: some may be left.
    for (let status = 200; status === 200;) ({ status } = await ask(url));
    const served = vendor.requests.length;
    // A request is let in while less than 600 is spent and reserved, and none takes more than it reserved: so the last one alone may go over.
    expect(served).toBeGreaterThan(12);
    await gateway!.app.get(UsageLedger).flush();
    const { tokens } = await gateway!.app.get(Storage).db.selectFrom('spend').select('tokens').where('period', 'like', 'day:%').executeTakeFirstOrThrow();
    expect(tokens).toBeGreaterThanOrEqual(600);
    expect(tokens).toBeLessThan(600 + 60);
    for (let index = 0; index < 5; index += 1) {
      const { status, headers, body } = await ask(url);
      expect([status, body.error.code, body.error.type]).toEqual([429, 'budget_exceeded', 'rate_limit_error']);
      const midnight = new Date(new Date().setUTCHours(24, 0, 0, 0));
      expect(body.error.message).toContain(`The budget of this key, 600 tokens a day, is spent`);
      expect(body.error.message).toContain(midnight.toISOString());
      expect(Math.abs(Number(headers.get('retry-after')) - (midnight.getTime() - Date.now()) / 1000)).toBeLessThan(60);
      expect(headers.get('x-should-retry')).toBe('false');
    }
    expect(vendor.requests).toHaveLength(served);
    expect((await ask(url, {}, 'other-key')).status).toBe(200);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(64);
  });

  it('is the only thing that is written down where SHELLM_USAGE is off', async () => {
    const url = await boot({ tokens: 1000, period: 'day' }, { SHELLM_USAGE: 'off' });
    expect([(await ask(url)).status, (await ask(url, {}, 'other-key')).status]).toEqual([200, 200]);
    await gateway!.app.get(UsageLedger).flush();
    const rows = await gateway!.app.get(Storage).db.selectFrom('usage').select('client_name').execute();
    expect(rows).toEqual([{ client_name: 'app' }]);
  });

  it('is none of a wrong one', async () => {
    await expect(boot({ usd: 0, period: 'day' })).rejects.toThrow('SHELLM_CLIENTS: app.budget must be an object of usd or tokens (numbers over 0) and period ("day" or "month")');
  });

  it('is refused before a background response is stored, and before a stream begins', async () => {
    const url = await boot({ tokens: 5, period: 'day' });
    await ask(url);
    const headers = { authorization: 'Bearer app-key' };
    const refused = [
      await call(`${url}/v1/responses`, { headers, body: { model: 'openai/gpt-mock', input: 'hi', background: true } }),
      await ask(url, { stream: true }),
      await call(`${url}/v1/messages`, { headers, body: { model: 'openai/gpt-mock', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] } }),
      await call(`${url}/v1/chat/completions`, {
        headers: { ...headers, 'x-shellm-session-id': 'new' },
        body: { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'hi' }] },
      }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
    expect(refused.map(({ body }) => String(body.error.code ?? body.error.type))).toEqual(['budget_exceeded', 'budget_exceeded', 'rate_limit_error', 'budget_exceeded']);
    expect((await call(`${url}/sessions`, { headers })).body.data).toEqual([]);
    expect(vendor.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});
