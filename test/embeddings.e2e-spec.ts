import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { bootGateway, type Gateway } from './support/boot.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';
import { schemaFault } from './support/openai-schema.js';
import { secretSamples } from './support/secret-samples.js';

const secret = secretSamples[0]![1];
const chunk = (text: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices: [{ text, index: 0, logprobs: null, finish_reason: finish }] })}\n\n`;

/** A vendor of legacy completions, whose answer has a secret in it. */
function legacyVendor(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const { stream, input, prompt } = JSON.parse(body || '{}') as { stream?: boolean; input?: string; prompt?: string }; // the list of models is asked for without one
      if (input === 'refuse me') {
        response
          .writeHead(400, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message: `no ${secret}`, type: 'invalid_request_error', param: null, code: null } }));
        return;
      }
      if (prompt === 'cut me') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('half'));
        setTimeout(() => response.destroy(), 50);
        return;
      }
      if (stream)
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(`${chunk('My key is ')}${chunk(secret.slice(0, 12))}${chunk(secret.slice(12))}${chunk(' indeed.', 'stop')}data: [DONE]\n\n`);
      else {
        const choices = [{ text: `My key is ${secret} indeed.`, index: 0, logprobs: null, finish_reason: 'stop' }];
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ id: 'cmpl-1', object: 'text_completion', created: 1, model: 'm', choices, usage: { prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 } }));
      }
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    }),
  );
}

describe('what API providers alone can do', () => {
  let vendor: MockOpenAi;
  let legacy: Server;
  let gateway: Gateway;
  let client: OpenAI;
  beforeAll(async () => {
    vendor = await startMockOpenAI();
    legacy = await legacyVendor();
    gateway = await bootGateway({
      SHELLM_PROVIDERS: 'openai,cerebras,demo',
      OPENAI_API_KEY: 'sk-vendor',
      OPENAI_BASE_URL: `${vendor.url}/v1`,
      CEREBRAS_API_KEY: 'csk-x',
      CEREBRAS_BASE_URL: `http://127.0.0.1:${(legacy.address() as AddressInfo).port}/v1`,
    });
    client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    legacy.close();
  });

  it('passes embeddings through as they are', async () => {
    for (const encoding of ['float', 'base64'] as const) {
      const { data, response } = await client.embeddings.create({ model: 'text-embedding-3-small', input: ['one', 'two'], encoding_format: encoding }).withResponse();
      expect(data.data).toHaveLength(2);
      expect(schemaFault('CreateEmbeddingResponse', encoding === 'float' ? data : { ...data, data: [] })).toBeUndefined();
      expect(response.headers.get('x-shellm-provider')).toBe('openai');
    }
    const direct = await new OpenAI({ baseURL: `${vendor.url}/v1`, apiKey: 'x' }).embeddings.create({ model: 'text-embedding-3-small', input: 'one' });
    const through = await client.embeddings.create({ model: 'openai/text-embedding-3-small', input: 'one' });
    expect(through.data).toEqual(direct.data);
    expect(vendor.requests.at(-1)).toMatchObject({ path: '/v1/embeddings', body: { model: 'text-embedding-3-small', input: 'one' } });
  });

  it('passes legacy completions through, without their secrets, streamed too', async () => {
    const whole = await client.completions.create({ model: 'cerebras/m', prompt: 'x' });
    expect(whole.choices[0]?.text).toMatch(/^My key is \[REDACTED:[\w-]+\] indeed\.$/);
    expect(schemaFault('CreateCompletionResponse', whole)).toBeUndefined();
    let text = '';
    for await (const piece of await client.completions.create({ model: 'cerebras/m', prompt: 'x', stream: true })) text += piece.choices[0]?.text ?? '';
    expect(text).toBe(whole.choices[0]?.text);
  });

  it("tells a vendor's refusal without its secrets, and a stream that was cut", async () => {
    await expect(client.embeddings.create({ model: 'cerebras/m', input: 'refuse me' })).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/no \[REDACTED:[\w-]+\]/),
    });
    const cut = async (): Promise<number> => {
      let pieces = 0;
      for await (const { choices } of await client.completions.create({ model: 'cerebras/m', prompt: 'cut me', stream: true })) pieces += choices.length;
      return pieces;
    };
    await expect(cut()).rejects.toThrow('cut its answer short');
  });

  it('says where there is none of it, and what to use', async () => {
    await expect(client.embeddings.create({ model: 'demo', input: 'x' })).rejects.toMatchObject({ status: 400, code: 'unsupported_operation', param: 'model' });
    await expect(client.completions.create({ model: 'demo', prompt: 'x' })).rejects.toMatchObject({
      status: 400,
      code: 'unsupported_operation',
      message: expect.stringContaining('/v1/chat/completions'),
    });
    await expect(client.completions.create({ model: 'demo', prompt: 'x', stream: true })).rejects.toMatchObject({ status: 400, code: 'unsupported_operation' });
  });
});
