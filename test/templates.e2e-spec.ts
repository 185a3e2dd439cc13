import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { MockVendor } from './support/mock-vendor.js';

const completion = {
  id: 'x',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-mock',
  choices: [{ index: 0, message: { role: 'assistant', content: 'answered' }, finish_reason: 'stop' }],
};

type Told = Awaited<ReturnType<typeof call>>;

describe('templates', () => {
  let vendor: MockVendor;
  let gateway: Gateway;
  const keys = { one: 'key-of-one-12345678', two: 'key-of-two-12345678', admin: 'key-of-admin-12345678' };
  beforeAll(async () => {
    vendor = await MockVendor.start();
    gateway = await bootGateway({
      PATH: `${process.execPath.slice(0, process.execPath.lastIndexOf('/'))}:/usr/bin:/bin`,
      OPENAI_API_KEY: 'sk-x',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      SHELLM_PROVIDERS: 'demo,openai',
      SHELLM_CLIENTS: JSON.stringify({ one: { key: keys.one }, two: { key: keys.two }, admin: { key: keys.admin, scopes: ['completions', 'admin'] } }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
  });

  const as = (client: keyof typeof keys, method: string, path: string, body?: unknown): Promise<Told> =>
    call(`${gateway.url}${path}`, { method, headers: { authorization: `Bearer ${keys[client]}` }, body });
  const codeOf = ({ status, body }: Told): unknown[] => [status, body.error?.code, body.error?.param];
  const sent = (): { messages: unknown; [field: string]: unknown }[] => vendor.requests.map(({ body }) => JSON.parse(body) as { messages: unknown });

  it('are written, read, listed and deleted by the client that they belong to', async () => {
    const definition = { template: 'Say {{word}} to {{ who }}.', system: 'Be {{mood}}.', description: 'a greeting' };
    const created = await as('one', 'PUT', '/templates/greet', definition);
    expect([created.status, created.body]).toEqual([
      201,
      { name: 'greet', object: 'template', ...definition, variables: ['word', 'who', 'mood'], shared: false, created_at: expect.any(Number), updated_at: expect.any(Number) },
    ]);
    expect((await as('one', 'PUT', '/templates/greet', definition)).status).toBe(200);
    expect((await as('one', 'GET', '/templates/greet')).body).toMatchObject(definition);
    const list = await as('one', 'GET', '/templates');
    expect(list.body).toMatchObject({ object: 'list', data: [{ name: 'greet', variables: ['word', 'who', 'mood'] }], has_more: false });
    expect([codeOf(await as('two', 'GET', '/templates/greet')), codeOf(await as('two', 'DELETE', '/templates/greet'))]).toEqual(Array(2).fill([404, 'not_found', 'name']));
    expect((await as('two', 'GET', '/templates')).body.data).toEqual([]);
    expect((await as('one', 'DELETE', '/templates/greet')).body).toEqual({ name: 'greet', object: 'template', deleted: true });
    expect(codeOf(await as('one', 'GET', '/templates/greet'))).toEqual([404, 'not_found', 'name']);
  });

  it.each<[string, string, unknown, unknown[]]>([
    ['PUT', '/templates/a%20b', { template: 'x' }, [400, 'invalid_parameter', 'name']],
    ['PUT', '/templates/a%00b', { template: 'x' }, [400, 'invalid_parameter', 'name']],
    ['PUT', '/templates/a', [], [400, 'invalid_parameter', null]],
    ['PUT', '/templates/a', { template: '' }, [400, 'invalid_parameter', 'template']],
    ['PUT', '/templates/a', '{"template": "x", "__proto__": {}}', [400, 'invalid_parameter', null]],
    ['GET', '/templates?limit=0', undefined, [400, 'invalid_parameter', 'limit']],
    ['GET', '/templates?after=%00', undefined, [400, 'invalid_parameter', 'after']],
    ['GET', '/templates?after=a&after=b', undefined, [400, 'invalid_parameter', 'after']],
    ['GET', '/templates/a%00b', undefined, [404, 'not_found', 'name']],
    ['POST', '/templates', { template: 'x' }, [405, 'method_not_allowed', null]],
  ])('refuse %s %s %j', async (method, path, body, refusal) => {
    expect(codeOf(await as('one', method, path, body))).toEqual(refusal);
  });

  describe('in completions', () => {
    beforeAll(async () => {
      await as('admin', 'PUT', '/templates/greet', { template: 'Say "{{word}}" to {{who}}.', system: 'Be {{mood}}.' });
      await as('one', 'PUT', '/templates/plain', { template: 'Say {{word}}' });
    });
    const variables = { word: '{{who}}', who: 'Ada', mood: 'kind' };
    const prompt = { role: 'user', content: 'Say "{{who}}" to Ada.' };

    it('become the last message, and what the vendor gets is a plain request', async () => {
      vendor.json(200, completion);
      await as('one', 'POST', '/v1/chat/completions', { model: 'openai/gpt-mock', template: 'greet', variables, temperature: 0.5 });
      const earlier = [
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'answer' },
      ];
      await as('one', 'POST', '/v1/chat/completions', { model: 'openai/gpt-mock', template: 'greet', variables, messages: [{ role: 'system', content: 'Be brief.' }, ...earlier] });
      await as('one', 'POST', '/v1/chat/completions', { model: 'openai/gpt-mock', template: 'plain', variables, messages: earlier });
      expect(sent()).toEqual([
        { model: 'gpt-mock', temperature: 0.5, messages: [{ role: 'system', content: 'Be kind.' }, prompt] },
        { model: 'gpt-mock', messages: [{ role: 'system', content: 'Be brief.' }, ...earlier, prompt] },
        { model: 'gpt-mock', messages: [...earlier, { role: 'user', content: 'Say {{who}}' }] },
      ]);
    });

    it.each(['/completions', '/completions/stream'])('take the place of the prompt: %s', async (path) => {
      vendor.answer((response) => {
        response.writeHead(500).end();
      });
      const asked = { provider: 'openai', model: 'gpt-mock', template: 'greet', variables, fallback: false };
      await as('one', 'POST', path, asked);
      await as('one', 'POST', path, { ...asked, system: 'Be brief.' });
      expect(sent().map(({ messages }) => messages)).toEqual([
        [{ role: 'system', content: 'Be kind.' }, prompt],
        [{ role: 'system', content: 'Be brief.' }, prompt],
      ]);
      const { status, body } = await as('one', 'POST', path, { provider: 'demo', template: 'plain', variables: { word: 'hello' } });
      expect([status, JSON.stringify(body)]).toEqual([200, expect.stringContaining(path === '/completions' ? 'Say hello' : 'done')]);
    });

    it('come from the openai client too', async () => {
      vendor.json(200, completion);
      const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: keys.two });
      const answer = await client.chat.completions.create({
        model: 'openai/gpt-mock',
        messages: [],
        template: 'greet',
        variables,
      } as OpenAI.ChatCompletionCreateParamsNonStreaming);
      expect(answer.choices[0]?.message.content).toBe('answered');
      expect(sent()[0]?.messages).toEqual([{ role: 'system', content: 'Be kind.' }, prompt]);
    });

    it.each<[string, object, unknown[]]>([
      ['/completions', { template: 'greet', variables: { word: 'x', who: 'y' } }, [400, 'invalid_parameter', 'variables.mood']],
      ['/completions', { template: 'greet', prompt: 'x', variables }, [400, 'invalid_parameter', 'prompt']],
      ['/completions/stream', { template: 'plain', variables: { word: null } }, [400, 'invalid_parameter', 'variables.word']],
      ['/completions', { template: 'plain', variables: 'x' }, [400, 'invalid_parameter', 'variables']],
      ['/completions', { variables }, [400, 'invalid_parameter', 'variables']],
      ['/completions', { template: 5 }, [400, 'invalid_parameter', 'template']],
      ['/completions', { template: 'gone' }, [404, 'not_found', 'template']],
      ['/v1/chat/completions', { template: 'gone' }, [404, 'not_found', 'template']],
      ['/v1/chat/completions', { template: 'plain' }, [400, 'invalid_parameter', 'variables.word']],
      ['/v1/chat/completions', { template: 'plain', variables, messages: 'x' }, [400, 'invalid_parameter', 'messages']],
      ['/v1/chat/completions', { template: 'plain', variables, messages: [{ role: 'nobody' }] }, [400, 'invalid_parameter', 'messages[0].role']],
      ['/v1/chat/completions', { template: ['plain'], variables }, [400, 'invalid_parameter', 'template']],
      ['/v1/chat/completions', { variables, messages: [{ role: 'user', content: 'x' }] }, [400, 'invalid_parameter', 'variables']],
      ['/v1/chat/completions', { messages: [] }, [400, 'invalid_parameter', 'messages']],
      ['/v1/chat/completions', {}, [400, 'invalid_parameter', 'messages']],
    ])('refuse %s %j', async (path, body, refusal) => {
      expect(codeOf(await as('one', 'POST', path, { model: 'demo', ...body }))).toEqual(refusal);
    });

    it('are no more than a body may be', async () => {
      await as('one', 'PUT', '/templates/long', { template: '{{word}}'.repeat(1000) });
      expect(codeOf(await as('one', 'POST', '/completions', { template: 'long', variables: { word: 'x'.repeat(2000) } }))).toEqual([413, 'payload_too_large', 'variables']);
    });
  });
});
