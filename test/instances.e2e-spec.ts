import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type TestDatabase, testStores } from './support/databases.js';
import { eventually } from './support/eventually.js';
import { chunkFrame, MockVendor } from './support/mock-vendor.js';
import { testRedis } from './support/redis.js';

const postgres = (await testStores()).find(({ name }) => name === 'PostgreSQL');
const redis = await testRedis();

type Told = Awaited<ReturnType<typeof call>>;
interface Sent {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** Skipped where PostgreSQL or Redis is missing, which was said. */
(postgres && redis !== undefined ? describe : describe.skip)('two gateways on one PostgreSQL and one Redis share', () => {
  let at: TestDatabase;
  let vendor: MockVendor;
  let one: Gateway;
  let two: Gateway;
  // Redis is others' too.
  const admin = `admin-${randomUUID()}`;
  beforeAll(async () => {
    at = await postgres!.make();
    vendor = await MockVendor.start();
    const environment = {
      DATABASE_URL: at.url!,
      REDIS_URL: redis!,
      SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test',
      SHELLM_WEBHOOK_SECRET: 'whsec_YW5vdGhlci1zZWNyZXQtb2YtYWxsLWluc3RhbmNlcw==',
      SHELLM_CLIENTS: JSON.stringify({ [admin]: { key: admin, scopes: ['completions', 'admin'] } }),
      SHELLM_PROVIDERS: 'demo,openai',
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
    };
    [one, two] = await Promise.all([bootGateway(environment), bootGateway(environment)]);
    vendor.answer((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end([chunkFrame({ role: 'assistant', content: 'answered' }), chunkFrame({}, 'stop'), 'data: [DONE]\n\n'].join(''));
    });
  });
  afterAll(async () => {
    await Promise.all([one.close(), two.close()]);
    await vendor.close();
    await at.remove();
  });

  const as = (gateway: Gateway, method: string, path: string, body?: unknown, more: Record<string, string> = {}, key = admin): Promise<Told> =>
    call(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${key}`, ...more }, body });
  const newKey = async (gateway: Gateway, terms: object): Promise<{ readonly id: string; readonly key: string }> =>
    (await as(gateway, 'POST', '/admin/keys', { name: `k-${randomUUID()}`, ...terms })).body as { id: string; key: string };
  const status = async (gateway: Gateway, key: string): Promise<number> => (await as(gateway, 'GET', '/v1/models', undefined, {}, key)).status;
  const textsSent = (): string[] | undefined => (JSON.parse(vendor.requests.at(-1)?.body ?? '{}') as Sent).messages.map(({ role, content }) => `${role}: ${content}`);

  it('keys, and their limits', async () => {
    const { id, key } = await newKey(one, { rpm: 4 });
    await eventually(async () => (await status(two, key)) === 200, 5000);
    const told = await Promise.all([one, two, one, two, one].map((gateway) => status(gateway, key)));
    expect(told.filter((each) => each === 429).length).toBeGreaterThanOrEqual(2);
    await as(two, 'DELETE', `/admin/keys/${id}`);
    await eventually(async () => (await status(one, key)) === 401, 5000);
  });

  it('sessions: the one tells the vendor what was said at the other', async () => {
    const chat = (gateway: Gateway, session: string, content: string): Promise<Told> =>
      as(gateway, 'POST', '/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content }] }, { 'x-shellm-session-id': session });
    const id = (await chat(one, 'new', 'first')).headers.get('x-shellm-session-id')!;
    expect((await chat(two, id, 'second')).status).toBe(200);
    expect(textsSent()).toEqual(['user: first', 'assistant: answered', 'user: second']);
    const demo = await as(one, 'POST', '/completions', { provider: 'demo', prompt: 'third' }, { 'x-shellm-session-id': id });
    expect(demo.body.content).toContain('turn 3 of this conversation');
    expect((await as(two, 'GET', '/sessions')).body.data).toMatchObject([{ id, turns: 3, provider: 'demo' }]);
    await as(two, 'DELETE', `/sessions/${id}`);
    expect((await chat(one, id, 'late')).body.error.code).toBe('session_not_found');
  });

  it('conversations and templates', async () => {
    await as(one, 'PUT', '/templates/ask', { template: 'Why is {{what}} blue?' });
    const { id } = (await as(two, 'POST', '/conversations', { system: 'Be brief.' })).body as { id: string };
    const turn = (gateway: Gateway, what: string): Promise<Told> =>
      as(gateway, 'POST', '/completions', { provider: 'openai', model: 'gpt-mock', template: 'ask', variables: { what }, conversation_id: id });
    expect([(await turn(two, 'the sky')).status, (await turn(one, 'water')).status]).toEqual([200, 200]);
    expect(textsSent()).toEqual(['system: Be brief.', 'user: Why is the sky blue?', 'assistant: answered', 'user: Why is water blue?']);
    expect((await as(two, 'GET', `/conversations/${id}`)).body).toMatchObject({ turns: 2, messages: [{}, {}, { content: 'Why is water blue?' }, {}] });
    await as(two, 'DELETE', '/templates/ask');
    expect((await turn(one, 'this')).body.error).toMatchObject({ code: 'not_found', param: 'template' });
  });

  it('the turn of a conversation: one waits for the other, and none is lost', async () => {
    const { id } = (await as(one, 'POST', '/conversations')).body as { id: string };
    const prompts = Array.from({ length: 10 }, (_, index) => `question ${index}`);
    const told = await Promise.all(prompts.map((prompt, index) => as(index % 2 === 0 ? one : two, 'POST', '/completions', { provider: 'demo', prompt, conversation_id: id })));
    expect(told.map((each) => each.status)).toEqual(prompts.map(() => 200));
    const { turns, messages } = (await as(two, 'GET', `/conversations/${id}`)).body as { turns: number; messages: { role: string; content: string }[] };
    expect([turns, messages.flatMap(({ role, content }) => (role === 'user' ? [content] : [])).sort()]).toEqual([10, prompts]);
  });

  it('answers under an Idempotency-Key', async () => {
    const ask = (gateway: Gateway): Promise<Told> => as(gateway, 'POST', '/completions', { provider: 'demo', prompt: 'once' }, { 'idempotency-key': `once-${admin}` });
    const [first, second] = [await ask(one), await ask(two)];
    expect([second.body, second.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
  });
});
