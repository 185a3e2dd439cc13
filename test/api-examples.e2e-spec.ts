import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';

type Media = Readonly<Record<string, { readonly schema?: object; readonly example?: unknown; readonly examples?: Readonly<Record<string, { readonly value: unknown }>> }>>;

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly example?: string; readonly schema?: { readonly example?: string } }[];
  readonly requestBody?: { readonly content: Media };
  readonly responses: Readonly<Record<string, { readonly content?: Media }>>;
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** A vendor that answers what the examples ask an API provider for. */
const vendorAnswers: Readonly<Record<string, object>> = {
  '/v1/embeddings': { object: 'list', data: [{ object: 'embedding', index: 0, embedding: [0.1] }], model: 'm', usage: { prompt_tokens: 1, total_tokens: 1 } },
  '/v1/completions': { id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ text: 'x', index: 0, finish_reason: 'stop' }] },
};
const key = 'sk-of-the-examples';
const headers = { authorization: `Bearer ${key}` };
/** What is done first, so that what other examples name is there; what ends things comes last. */
const order = ['put', 'post', 'get', 'patch', 'delete'];
/** Their request is a form, or they end what another example still needs. */
const elsewhere = ['createFile', 'cancelBatch', 'cancelResponse', 'redeliverJob'];

describe('the examples of the OpenAPI document', () => {
  let gateway: Gateway;
  let vendor: Server;
  let asked: Asked[];
  let ajv: Ajv;
  /** Ids in the examples, and the real ones in their place. */
  const real = new Map<string, string>();
  beforeAll(async () => {
    vendor = createServer((request, response) => void answerAsVendor(request, response));
    await new Promise<void>((listening) => void vendor.listen(0, '127.0.0.1', listening));
    const fake = join(resolve(import.meta.dirname, '../selftest'), 'fake-claude.mjs');
    gateway = await bootGateway({
      SHELLM_PROVIDERS: 'demo,claude,openai',
      ...{ SHELLM_CLAUDE_BIN: fake, ANTHROPIC_API_KEY: 'k', OPENAI_API_KEY: 'k', OPENAI_BASE_URL: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/v1` },
      SHELLM_CLIENTS: JSON.stringify({ examples: { key, scopes: ['completions', 'admin', 'metrics'] } }),
    });
    const { body } = await call(`${gateway.url}/docs-json`);
    asked = Object.entries(body.paths as Record<string, Record<string, Operation>>)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method, path, operation })))
      .sort((one, other) => order.indexOf(one.method) - order.indexOf(other.method));
    ajv = new Ajv({ strict: false, validateFormats: false });
    ajv.addSchema({ $id: 'api', components: { schemas: closed(body.components.schemas) } });
    await makeWhatIsNamed();
  });
  afterAll(async () => {
    await gateway.close();
    vendor.close();
  });

  const at = (path: string, options: Parameters<typeof call>[1] = {}): ReturnType<typeof call> =>
    call(gateway.url + path, { ...options, headers: { ...headers, ...options.headers } });
  const exampleOf = (id: string): string =>
    asked
      .find(({ operation }) => operation.operationId === id)
      ?.operation.parameters?.filter(({ in: place }) => place === 'path')
      .map(exampleIn)[0] ?? '';

  async function makeWhatIsNamed(): Promise<void> {
    const hello = { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] };
    real.set(exampleOf('getConversation'), (await at('/conversations', { body: {} })).body.id);
    real.set(exampleOf('getResponse'), (await at('/v1/responses', { body: { model: 'demo', input: 'Hello there' } })).body.id);
    real.set(exampleOf('deleteSession'), (await at('/v1/chat/completions', { body: hello, headers: { 'x-shellm-session-id': 'new' } })).headers.get('x-shellm-session-id') ?? '');
    real.set(exampleOf('getKey'), (await at('/admin/keys', { body: { name: 'made' } })).body.id);
    real.set(exampleOf('getJob'), (await at('/v1/chat/completions', { body: { ...hello, callback_url: 'https://hooks.example/shellm' } })).body.id);
    const form = new FormData();
    form.set('purpose', 'batch');
    form.set('file', new File([JSON.stringify({ custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: hello })], 'requests.jsonl'));
    const file = (await (await fetch(`${gateway.url}/v1/files`, { method: 'POST', headers, body: form })).json()) as { id: string };
    real.set(exampleOf('getFile'), file.id);
    real.set(exampleOf('getBatch'), (await at('/v1/batches', { body: { input_file_id: file.id, endpoint: '/v1/chat/completions', completion_window: '24h' } })).body.id);
    expect([...real.values()].every((id) => typeof id === 'string' && id !== '')).toBe(true);
  }

  const placed = (text: string): string => [...real].reduce((whole, [example, id]) => whole.replaceAll(example, id), text);

  function faultOf(operation: Operation, status: number, type: string, body: unknown): string | undefined {
    const content = operation.responses[status]?.content;
    if (content === undefined) return `${status} is not documented: ${JSON.stringify(body)}`;
    const schema = content[type]?.schema;
    if (schema === undefined) return `${status} ${type} is not documented`;
    if (type !== 'application/json') return undefined;
    const validate = ajv.compile(closed(schema));
    return validate(body) ? undefined : ajv.errorsText(validate.errors?.slice(0, 3));
  }

  async function faultsOf({ method, path, operation }: Asked): Promise<(string | undefined)[]> {
    const places = operation.parameters?.filter(({ in: place }) => place === 'path') ?? [];
    const url = placed(places.reduce((whole, parameter) => whole.replace(`{${parameter.name}}`, encodeURIComponent(exampleIn(parameter))), path));
    const faults: (string | undefined)[] = [];
    for (const [name, { value }] of Object.entries(operation.requestBody?.content['application/json']?.examples ?? { '': { value: undefined } })) {
      const { status, headers: seen, body } = await at(url, { method: method.toUpperCase(), ...(value !== undefined && { body: placed(JSON.stringify(value)) }) });
      const fault = status >= 400 ? `${status} ${JSON.stringify(body)}` : faultOf(operation, status, String(seen.get('content-type')).replace(/;.*/, ''), body);
      faults.push(fault && `${operation.operationId} ${name}: ${fault}`);
    }
    return faults;
  }

  it('are answered as it says', async () => {
    const faults: (string | undefined)[] = [];
    for (const one of asked) if (!elsewhere.includes(one.operation.operationId)) faults.push(...(await faultsOf(one)));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
    expect(faults.length).toBeGreaterThan(60);
  });

  it('are there, of every request and every answer', () => {
    const bare = asked.flatMap(({ operation: { operationId, requestBody, responses } }) => [
      ...(requestBody?.content['application/json'] !== undefined && Object.keys(requestBody.content['application/json'].examples ?? {}).length < 2
        ? [`${operationId}: request`]
        : []),
      ...Object.entries(responses).flatMap(([status, { content }]) => {
        const media = Object.values(content ?? {});
        const said = media.length > 0 && media.every(({ schema, example, examples }) => schema !== undefined && (example !== undefined || Object.keys(examples ?? {}).length > 0));
        return said ? [] : [`${operationId}: ${status}`];
      }),
    ]);
    expect(bare).toEqual([]);
  });
});

async function answerAsVendor(request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request) body += String(piece);
  const answer = JSON.stringify(vendorAnswers[request.url ?? ''] ?? { data: [] });
  const stream = body.includes('"stream":true');
  response.setHeader('content-type', stream ? 'text/event-stream' : 'application/json').end(stream ? `data: ${answer}\n\ndata: [DONE]\n\n` : answer);
}

type Parameter = NonNullable<Operation['parameters']>[number];

function exampleIn({ example, schema }: Parameter): string {
  return example ?? schema?.example ?? '';
}

/** Objects with no fields but those that are documented, but for those that say that they may have others. */
function closed(schema: unknown): object {
  const text = JSON.stringify(schema, (_name, value: unknown) => {
    const { properties, additionalProperties } = (value ?? {}) as { readonly properties?: unknown; readonly additionalProperties?: unknown };
    return typeof properties === 'object' && additionalProperties === undefined ? { ...(value as object), additionalProperties: false } : value;
  });
  return JSON.parse(text.replaceAll('"#/components', '"api#/components')) as object;
}
