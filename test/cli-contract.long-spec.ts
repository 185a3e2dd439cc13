import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';

/** What every CLI provider does, with the real CLI, over HTTP, before a vendor that notes what reaches it. */
describe.each(installedClis)('$id, over the real CLI', ({ id, start }) => {
  jest.setTimeout(60_000);
  let vendor: CliVendor;
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    vendor = await start();
    gateway = await bootGateway({ ...vendor.environment, SHELLM_PROVIDERS: id, SHELLM_MAX_CONCURRENT: '20', SHELLM_QUEUE_TIMEOUT_MS: '60000', SHELLM_REQUEST_TIMEOUT_MS: '60000' });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    const left = processesOf(gateway.dataDir);
    await vendor.close();
    expect(left).toEqual([]);
  });
  afterEach(() => {
    vendor.forget();
  });
  const user = (content: string) => ({ role: 'user' as const, content });
  const ask = (content: string, more: object = {}): ReturnType<typeof call> =>
    call(`${gateway.url}/v1/chat/completions`, { body: { model: id, messages: [user(content)], fallback: false, ...more } });

  it('streams delta by delta, before the answer is whole', async () => {
    const stream = await client.chat.completions.create({
      model: id,
      stream: true,
      stream_options: { include_usage: true },
      messages: [user(vendor.say('count', { words: 8, intervalMs: 60 }))],
    });
    const arrivals: number[] = [];
    const chunks: OpenAI.ChatCompletionChunk[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      if (deltaOf(chunk) !== '') arrivals.push(performance.now());
    }
    expect(chunks.map(deltaOf).join('').trim().split(/\s+/)).toHaveLength(8);
    expect(new Set(arrivals.map((at) => Math.round(at / 30))).size).toBeGreaterThan(3);
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    const { prompt_tokens: input = 0, completion_tokens: output = 0, total_tokens: total } = chunks.at(-1)?.usage ?? {};
    expect([output > 0, total]).toEqual([true, input + output]);
  });

  it("is one lean call: at most 3,000 bytes beyond the client's own text, and no tools", async () => {
    const system = 'You are a parrot.';
    const { status, headers } = await ask('Say it.', { messages: [{ role: 'system', content: system }, user('Say it.')] });
    expect([status, headers.get('x-shellm-provider')]).toEqual([200, id]);
    const [sent, ...more] = vendor.calls();
    expect(more).toEqual([]);
    expect(sent?.tools).toBe(0);
    expect(sent!.bytes - system.length - 'Say it.'.length).toBeLessThanOrEqual(3000);
    expect([sent?.text.includes(system), sent?.text.includes('Say it.')]).toEqual([true, true]);
  });

  it('keeps the roles, and their order', async () => {
    const messages = [
      { role: 'system', content: 'SYS-7' },
      user('first-1'),
      { role: 'assistant', content: 'answer-2' },
      user('second-3'),
      { role: 'assistant', content: 'answer-4' },
      user('third-5'),
    ];
    expect((await ask('', { messages })).status).toBe(200);
    expect(vendor.calls()).toHaveLength(1);
    const turns = vendor
      .calls()[0]!
      .turns.map(([role, text]) => [role, /(?:first|answer|second|third)-\d/.exec(text)?.[0]])
      .filter(([, text]) => text !== undefined);
    expect(turns).toEqual([
      ['user', 'first-1'],
      ['assistant', 'answer-2'],
      ['user', 'second-3'],
      ['assistant', 'answer-4'],
      ['user', 'third-5'],
    ]);
    expect(vendor.calls()[0]!.text).toContain('SYS-7');
  });

  it("tells the vendor's own figures", async () => {
    const { body } = await ask(vendor.say('figures', { text: 'y', usage: { input: 23, output: 3 } }));
    expect(body.usage).toMatchObject({ prompt_tokens: 23, completion_tokens: 3, total_tokens: 26 });
  });

  it.each([false, true])("closes the vendor's request within two seconds when the client leaves; stream: %s", async (stream) => {
    const abort = new AbortController();
    const asked = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      signal: abort.signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: id, stream, messages: [user(vendor.say('long', { words: 400, intervalMs: 50 }))] }),
    });
    asked.then((answer) => answer.text()).catch(() => undefined);
    await eventually(() => vendor.calls().length === 1);
    await sleep(300); // the answer is under way
    const left = performance.now();
    abort.abort();
    await eventually(() => vendor.calls()[0]!.closed, 5000);
    expect(performance.now() - left).toBeLessThan(2000);
    expect((await ask('and now?')).status).toBe(200);
  });

  it.each([
    [429, 429, 'provider_rate_limited'],
    [500, 502, 'upstream_error'],
    [503, 502, 'upstream_error'],
  ])("makes of the vendor's %s a %s %s, soon and without a trace of it", async (told, status, code) => {
    const began = performance.now();
    const { body, status: answered, headers } = await ask(vendor.say('fail', { status: told }));
    expect([answered, body.error.code, headers.get('x-shellm-provider')]).toEqual([status, code, id]);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(JSON.stringify(body)).not.toMatch(/\/(tmp|root|home|work)\/|sk-|AIza/);
  });

  it('keeps twenty turns at once apart', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}-${Math.random().toString(36).slice(2, 8)}`);
    const turn = (name: string, stream: boolean): ReturnType<typeof call> => {
      const prompt = vendor.say(`turn ${name}`, { text: `I am ${name} and no other`, intervalMs: 5 });
      return ask('', { stream, messages: [{ role: 'system', content: `system of ${name}` }, user(prompt)] });
    };
    const answers = await Promise.all(names.map((name, index) => turn(name, index % 2 === 0)));
    for (const [index, { status, body }] of answers.entries()) {
      const name = names[index]!;
      const text = typeof body === 'string' ? textOf(body) : body.choices[0].message.content;
      expect([status, text]).toEqual([200, `I am ${name} and no other`]);
    }
    expect(vendor.calls()).toHaveLength(20);
    for (const { text } of vendor.calls()) expect(names.filter((name) => text.includes(name))).toHaveLength(1);
  });

  it('goes on in a conversation with the whole history, whether its process is kept or not', async () => {
    const opening = [user('remember-1')];
    const first = await ask('', { messages: opening });
    const { content } = first.body.choices[0].message as { content: string };
    expect((await ask('', { messages: [...opening, { role: 'assistant', content }, user('recall-2')] })).status).toBe(200);
    const { turns } = vendor.calls().at(-1)!;
    expect(turns.map(([role]) => role).slice(-3)).toEqual(['user', 'assistant', 'user']);
    expect([turns.at(-3)![1].includes('remember-1'), turns.at(-1)![1].includes('recall-2')]).toEqual([true, true]);
  });

  it('ends with the words that fit where the client limits them', async () => {
    const { body } = await ask(vendor.say('long', { words: 200, intervalMs: 10 }), { max_tokens: 5 });
    expect(body.choices[0].finish_reason).toBe('length');
    expect(String(body.choices[0].message.content).split(/\s+/).length).toBeLessThan(20);
  });
});

describe.each(installedClis)('$id, whose vendor', ({ id, start }) => {
  const ask = (url: string, content: string): ReturnType<typeof call> => call(`${url}/v1/chat/completions`, { body: { model: id, messages: [{ role: 'user', content }] } });

  it('refuses the login: is unavailable, with what to do, and is not asked again at once', async () => {
    const vendor = await start();
    const gateway = await bootGateway({ ...vendor.environment, SHELLM_PROVIDERS: id });
    const refused = await ask(gateway.url, vendor.say('fail', { status: 401 }));
    const asked = vendor.calls().length;
    const again = await ask(gateway.url, 'hi');
    const { body } = await call(`${gateway.url}/health`);
    await gateway.close();
    expect([refused.status, refused.body.error.code, refused.headers.get('x-should-retry')]).toEqual([503, 'provider_unavailable', 'false']);
    expect(refused.body.error.message).toMatch(/log in|login|API_KEY/);
    expect([again.status, vendor.calls().length, body.providers[id].status]).toEqual([503, asked, 'unavailable']);
    await vendor.close();
  }, 40_000);

  it('is not there: is an error soon, and no endless wait', async () => {
    const vendor = await start();
    await vendor.close();
    const gateway = await bootGateway({ ...vendor.environment, SHELLM_PROVIDERS: id });
    const began = performance.now();
    const { status, body } = await ask(gateway.url, 'hi');
    await gateway.close();
    expect([status, body.error.code]).toEqual([502, 'upstream_error']);
    expect(performance.now() - began).toBeLessThan(25_000);
  }, 40_000);
});

function deltaOf({ choices }: OpenAI.ChatCompletionChunk): string {
  return choices[0]?.delta.content ?? '';
}

/** The text of a streamed answer. */
function textOf(stream: string): string {
  return stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => deltaOf(JSON.parse(frame.slice('data: '.length)) as OpenAI.ChatCompletionChunk))
    .join('');
}
