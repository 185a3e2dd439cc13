import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';

describe('/v1/messages on the demo agent', () => {
  let gateway: Gateway;
  let client: Anthropic;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_BODY_LIMIT: '4kb', SHELLM_AGENT_BODY_LIMIT: '64kb' });
    client = new Anthropic({ baseURL: gateway.url, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => gateway.close());
  const ask = { model: 'demo', max_tokens: 100, messages: [{ role: 'user' as const, content: 'hi' }] };
  const messages = (body: unknown, headers: Record<string, string> = {}, path = '/v1/messages'): ReturnType<typeof call> => call(`${gateway.url}${path}`, { body, headers });

  it('answers a client library, whole and streamed alike', async () => {
    const { data, response, request_id: requestId } = await client.messages.create(ask).withResponse();
    expect(data).toMatchObject({
      type: 'message',
      role: 'assistant',
      model: 'demo',
      stop_reason: 'end_turn',
      stop_sequence: null,
      content: [{ type: 'text', text: expect.stringContaining('You said: "hi"') }],
    });
    expect(data.id).toMatch(/^msg_\w+$/);
    expect(data.usage).toMatchObject({ input_tokens: 1, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 });
    expect(requestId).toBe(response.headers.get('x-request-id'));
    expect(response.headers.get('x-shellm-provider')).toBe('demo');
    const streamed = await client.messages.stream(ask).finalMessage();
    expect({ ...streamed, id: '' }).toEqual({ ...data, id: '', parsed_output: null });
  });

  it('sends the events of the Anthropic API in their order', async () => {
    const response = await fetch(`${gateway.url}/v1/messages?beta=true`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'never-heard-of-2026-01-01' },
      body: JSON.stringify({ ...ask, stream: true }),
    });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(response.headers.get('request-id')).toBe(response.headers.get('x-request-id'));
    const text = await response.text();
    const names = [...text.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name);
    expect(names.filter((name, index) => name !== names[index - 1])).toEqual([
      'message_start',
      'ping',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });
});
