import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type TestDatabase, testStores } from './support/databases.js';

interface Kept {
  readonly turns: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

describe.each(await testStores())('two gateways over one $name', (store) => {
  let at: TestDatabase;
  let gateways: Gateway[];
  let environment: Record<string, string>;
  beforeEach(async () => {
    at = await store.make();
    environment =
      at.url === undefined
        ? { SHELLM_DATA_DIR: at.dataDir }
        : { DATABASE_URL: at.url, SHELLM_KEY_SECRET: 'a-secret-of-all-instances-of-the-test', SHELLM_WEBHOOK_SECRET: 'another-secret-of-all-of-them' };
    environment = { ...environment, SHELLM_PROVIDERS: 'demo', SHELLM_WEBHOOK_SECRET: 'another-secret-of-all-instances-of-the-test' };
    gateways = [await bootGateway(environment), await bootGateway(environment)];
  });
  afterEach(async () => {
    for (const gateway of gateways) await gateway.close();
    await at.remove();
  });
  const begin = async ({ url }: Gateway): Promise<string> => ((await call(`${url}/conversations`, { method: 'POST' })).body as { id: string }).id;
  const ask = ({ url }: Gateway, id: string, prompt: string): ReturnType<typeof call> => call(`${url}/completions`, { body: { provider: 'demo', prompt, conversation_id: id } });
  const kept = async ({ url }: Gateway, id: string): Promise<Kept> => (await call(`${url}/conversations/${id}`)).body as Kept;

  it("carry on each other's conversations, and so does one that starts later", async () => {
    const [one, two] = gateways as [Gateway, Gateway];
    const id = await begin(one);
    for (const [index, gateway] of [one, two, one].entries()) {
      const { status, body } = await ask(gateway, id, `turn ${index + 1}`);
      expect([status, body.content]).toEqual([200, index === 0 ? expect.any(String) : expect.stringContaining(`turn ${index + 1} of this conversation`)]);
    }
    await one.close();
    gateways[0] = await bootGateway(environment);
    expect((await ask(gateways[0], id, 'later')).body.content).toContain('turn 4 of this conversation');
    expect((await kept(two, id)).messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toEqual(['turn 1', 'turn 2', 'turn 3', 'later']);
  });

  it('never lose a turn that they have answered', async () => {
    const [one, two] = gateways as [Gateway, Gateway];
    const id = await begin(one);
    const asked = Array.from({ length: 12 }, (_, index) => `question ${index}`);
    const told = await Promise.all(asked.map((prompt, index) => ask(index % 2 === 0 ? one : two, id, prompt)));
    // The other instance was faster: the turn is not stored, and its client is told.
    expect(told.every(({ status, body }) => status === 200 || (status === 409 && body.error.code === 'session_busy'))).toBe(true);
    const { turns, messages } = await kept(two, id);
    const answered = asked.flatMap((prompt, index) => (told[index]?.status === 200 ? [[prompt, told[index].body.content as string]] : []));
    expect(answered.length).toBeGreaterThan(0);
    expect(turns).toBe(answered.length);
    expect(messages.map(({ role }) => role)).toEqual(answered.flatMap(() => ['user', 'assistant']));
    const pairs = messages.flatMap(({ content }, index) => (index % 2 === 0 ? [[content, messages[index + 1]?.content]] : []));
    expect(pairs.sort()).toEqual(answered.sort());
  });
});
