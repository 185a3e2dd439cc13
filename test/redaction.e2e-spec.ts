import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';

const secret = `ghp_${'a1B2c3D4e5F6'.repeat(3)}`;
const clients = JSON.stringify({ exempt: { key: 'sk-exempt', redact: false }, plain: { key: 'sk-plain' } });

/** A vendor that says one secret, whole or in pieces. */
function vendor(): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { stream = false } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { stream?: boolean };
      const common = { id: 'chatcmpl-1', created: 1, model: 'm' };
      if (!stream) {
        response.setHeader('content-type', 'application/json');
        response.end(
          JSON.stringify({ ...common, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: `it is ${secret}.` }, finish_reason: 'stop' }] }),
        );
        return;
      }
      response.setHeader('content-type', 'text/event-stream');
      const say = (choice: object): void => {
        response.write(`data: ${JSON.stringify({ ...common, object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null, ...choice }] })}\n\n`);
      };
      for (const content of ['it is ', secret.slice(0, 9), secret.slice(9, 20), `${secret.slice(20)}.`]) say({ delta: { content } });
      say({ delta: {}, finish_reason: 'stop' });
      response.end('data: [DONE]\n\n');
    });
  });
}

describe('a key that is exempt from redaction', () => {
  const server = vendor();
  let gateway: Gateway;
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    gateway = await bootGateway({
      SHELLM_CLIENTS: clients,
      SHELLM_PROVIDERS: 'demo,openai',
      OPENAI_API_KEY: 'sk-vendor',
      OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    });
  });
  afterAll(async () => {
    await gateway.close();
    server.close();
  });
  const post = async (key: string, path: string, body: object): Promise<string> => {
    const { status, body: answer } = await call(gateway.url + path, { headers: { authorization: `Bearer ${key}` }, body });
    expect(status).toBe(200);
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  };
  const prompt = `[[call write_file ${JSON.stringify({ content: secret })}]]`;
  const parameters = { type: 'object', properties: { content: { type: 'string' } } };
  const chat = { messages: [{ role: 'user', content: prompt }], tools: [{ type: 'function', function: { name: 'write_file', parameters } }] };

  it.each<[string, string, object]>([
    ['chat passed through', '/v1/chat/completions', { ...chat, model: 'openai/m' }],
    ['chat passed through, streamed', '/v1/chat/completions', { ...chat, model: 'openai/m', stream: true }],
    ['function arguments', '/v1/chat/completions', { ...chat, model: 'demo' }],
    ['function arguments, streamed', '/v1/chat/completions', { ...chat, model: 'demo', stream: true }],
    ['responses', '/v1/responses', { model: 'openai/m', input: 'hi' }],
    ['responses, streamed', '/v1/responses', { model: 'openai/m', input: 'hi', stream: true }],
    ['messages', '/v1/messages', { model: 'openai/m', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] }],
    ['messages, streamed', '/v1/messages', { model: 'openai/m', max_tokens: 100, stream: true, messages: [{ role: 'user', content: 'hi' }] }],
    ['simple', '/completions', { model: 'openai/m', prompt: 'hi' }],
    ['simple, streamed', '/completions/stream', { model: 'openai/m', prompt: 'hi' }],
  ])('gets %s as it was said; no other key does', async (_, path, body) => {
    const told = await post('sk-exempt', path, body);
    expect(told).not.toContain('REDACTED');
    expect(told).toContain(secret.slice(0, 9));
    const cleaned = await post('sk-plain', path, body);
    expect(cleaned).toContain('[REDACTED:github-token]');
    expect(cleaned).not.toMatch(/ghp_|B2c3D4/);
  });
});
