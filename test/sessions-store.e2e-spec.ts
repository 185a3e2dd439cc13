import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type TestDatabase, testStores } from './support/databases.js';

describe.each(await testStores())('two gateways over one $name', (store) => {
  let at: TestDatabase;
  let gateways: Gateway[];
  beforeEach(async () => {
    at = await store.make();
    const environment: Record<string, string> =
      at.url === undefined
        ? { SHELLM_DATA_DIR: at.dataDir }
        : { DATABASE_URL: at.url, SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test', SHELLM_WEBHOOK_SECRET: 'another-secret-of-all-of-them' };
    gateways = [await bootGateway(environment), await bootGateway(environment)];
  });
  afterEach(async () => {
    for (const gateway of gateways) await gateway.close();
    await at.remove();
  });
  const ask = ({ url }: Gateway, session: string, content: string): ReturnType<typeof call> =>
    call(`${url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content }] }, headers: { 'x-shellm-session-id': session } });

  it("carry on each other's sessions", async () => {
    const [one, two] = gateways as [Gateway, Gateway];
    const id = (await ask(one, 'new', 'first')).headers.get('x-shellm-session-id')!;
    for (const [index, gateway] of [two, one, two].entries()) {
      const { status, body } = await ask(gateway, id, 'again');
      expect([status, body.choices[0].message.content]).toEqual([200, expect.stringContaining(`turn ${index + 2} of this conversation`)]);
    }
    expect((await call(`${one.url}/sessions/${id}`, { method: 'DELETE' })).status).toBe(200);
    expect((await ask(two, id, 'gone')).status).toBe(404);
  });

  it('never lose a turn that they have answered', async () => {
    const [one, two] = gateways as [Gateway, Gateway];
    const id = (await ask(one, 'new', 'first')).headers.get('x-shellm-session-id')!;
    const told = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(index % 2 === 0 ? one : two, id, `turn ${index}`)));
    const answered = told.filter(({ status }) => status === 200).length;
    // The other instance was faster: the turn is not stored, and its client is told.
    expect(told.every(({ status, body }) => status === 200 || body.error.code === 'session_busy')).toBe(true);
    const { body } = await call(`${one.url}/sessions`);
    expect(body.data).toMatchObject([{ id, turns: answered + 1 }]);
  });
});
