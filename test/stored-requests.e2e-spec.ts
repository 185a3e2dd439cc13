import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { call, bootGateway, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { MockVendor } from './support/mock-vendor.js';
import { openClient } from '../src/auth/client.js';
import { routeHintsOf } from '../src/completion/route-hints.js';
import { OperationRunner, type StoredRequest } from '../src/runs/operations/operation-runner.js';

const never = new AbortController().signal;
const stored = (endpoint: string, body: Record<string, unknown>): StoredRequest => ({ endpoint, body, route: routeHintsOf({}, body).route });
const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const answers: Readonly<Record<string, object>> = {
  '/v1/chat/completions': {
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-mock',
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
    usage,
  },
  '/v1/embeddings': { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.5] }], model: 'gpt-mock', usage },
  '/v1/completions': { id: 'c', object: 'text_completion', created: 1, model: 'gpt-mock', choices: [{ text: 'hi', index: 0, logprobs: null, finish_reason: 'stop' }], usage },
};

describe('requests that are run with nobody waiting', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  let runner: OperationRunner;
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'openai,demo', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `${vendor.url}/v1`, SHELLM_MAX_CONCURRENT: '1' });
    runner = gateway.app.get(OperationRunner);
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  it('are answered as their endpoints answer', async () => {
    vendor.answer((response, { path }) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[path]));
    });
    const forms = [
      ['/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] }],
      ['/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'Hello there' }], odd: 1 }],
      ['/completions', { model: 'demo', prompt: 'Hello there' }],
      ['/v1/responses', { model: 'demo', input: 'Hello there', store: false }],
      ['/v1/embeddings', { model: 'openai/gpt-mock', input: 'Hello there' }],
      ['/v1/completions', { model: 'openai/gpt-mock', prompt: 'Hello there' }],
    ] as const;
    for (const [endpoint, body] of forms) {
      const request = stored(endpoint, body);
      expect(await runner.accept(request, openClient)).toBe(request);
      const asked = await call(`${gateway.url}${endpoint}`, { body });
      const { status, body: answer, error } = await runner.run(request, openClient, never);
      expect([asked.status, status, error]).toEqual([200, 200, undefined]);
      expect(forgetful(answer)).toEqual(forgetful(asked.body));
    }
  });

  it.each([
    ['/v1/chat/completions', { model: 'demo', messages: [] }, 'messages'],
    ['/v1/chat/completions', { model: 'demo', messages: [{ role: 'nobody', content: 'x' }] }, 'messages[0].role'],
    ['/v1/chat/completions', { model: 'demo', messages: [{ role: 'user', content: 'x' }], stream: true }, 'stream'],
    ['/v1/chat/completions', { model: 'nobody/knows', messages: [{ role: 'user', content: 'x' }], provider: 'demos' }, 'provider'],
    ['/v1/responses', { model: 'demo', input: 'x', previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['/v1/embeddings', { model: 'demo', input: 'x' }, 'model'],
  ])('are checked before: %s %j', async (endpoint, body, param) => {
    const request = stored(endpoint, body);
    await expect(runner.accept(request, openClient)).rejects.toMatchObject({ param });
    expect(await runner.run(request, openClient, never)).toMatchObject({ status: 400, body: { error: { param } }, error: { param } });
  });

  it('have their templates in their place when they are stored', async () => {
    await call(`${gateway.url}/templates/greet`, { method: 'PUT', body: { template: 'Hello {{name}}' } });
    const simple = stored('/completions', { model: 'demo', template: 'greet', variables: { name: 'Ada' } });
    const chat = stored('/v1/chat/completions', { model: 'demo', template: 'greet', variables: { name: 'Ada' } });
    expect([(await runner.accept(simple, openClient)).body, (await runner.accept(chat, openClient)).body]).toEqual([
      { model: 'demo', prompt: 'Hello Ada' },
      { model: 'demo', messages: [{ role: 'user', content: 'Hello Ada' }] },
    ]);
    await expect(runner.accept(stored('/completions', { template: 'nobody' }), openClient)).rejects.toMatchObject({ code: 'not_found', param: 'template' });
  });

  it("are refused a model that their client may not use, and end with a vendor's refusal or a gateway's error", async () => {
    const request = stored('/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'x' }], fallback: false });
    const client = { ...openClient, models: ['demo/*'] };
    await expect(runner.accept(request, client)).rejects.toMatchObject({ code: 'model_not_allowed' });
    expect(await runner.run(request, client, never)).toMatchObject({ status: 403, body: { error: { code: 'model_not_allowed' } } });
    vendor.json(422, { error: { message: 'no', type: 'odd', code: null, param: null } });
    expect(await runner.run(request, openClient, never)).toMatchObject({ status: 422, body: { error: { message: 'no', type: 'odd' } } });
    vendor.json(200, 'no json');
    expect(await runner.run(request, openClient, never)).toMatchObject({ status: 502, error: { code: 'upstream_error' } });
  });

  it("end at their vendor when they are ended, and leave a CLI's slots to others", async () => {
    vendor.answer(() => new Promise(() => undefined));
    const abort = new AbortController();
    const run = runner.run(stored('/v1/chat/completions', { model: 'openai/gpt-mock', messages: [{ role: 'user', content: 'x' }] }), openClient, abort.signal);
    const ended = expect(run).rejects.toThrow('cancelled');
    await eventually(() => vendor.requests.length === 1);
    abort.abort(new Error('cancelled'));
    await ended;
    await eventually(() => vendor.aborted === 1);
    const slow = stored('/completions', { model: 'demo', prompt: 'demo:slow=40 Hello there' });
    const runs = [slow, slow, slow].map((request) => runner.run(request, openClient, never));
    const asked = await call(`${gateway.url}/completions`, { body: { model: 'demo', prompt: 'Hello there' } });
    expect(asked.status).toBe(200);
    expect((await Promise.all(runs)).map(({ status }) => status)).toEqual([200, 200, 200]);
  });
});

/** Without what is another each time. */
function forgetful(body: object): unknown {
  return JSON.parse(JSON.stringify(body, (name, value: unknown) => (/^(id|created|created_at|completed_at|duration_ms|request_id)$/.test(name) ? null : value)));
}
