import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { OtlpSink, type SunkSpan } from './support/otlp-sink.js';
import { spawnGateway } from './support/spawn-gateway.js';

const SECRET_WORDS = 'the quick brown prompt';
const messages = [{ role: 'user', content: SECRET_WORDS }];
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-2026',
  choices: [{ index: 0, message: { role: 'assistant', content: 'spoken words' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
};

/** Two vendors in one: `/down` refuses, the other answers; both note who asked. */
function vendor(seen: IncomingHttpHeaders[]): Server {
  return createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method !== 'POST') return response.end('{"data": []}');
      seen.push(request.headers);
      if (request.url?.startsWith('/down')) return response.writeHead(500, { 'content-type': 'application/json' }).end('{"error": {"message": "broken"}}');
      if (!body.includes('"stream":true')) return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      const chunks = [{ choices: [{ index: 0, delta: { content: 'spoken words' } }] }, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }];
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const [first, last] = chunks.map((chunk) => `data: ${JSON.stringify({ ...answer, usage: undefined, object: 'chat.completion.chunk', ...chunk })}\n\n`);
      response.write(first);
      return body.includes('never-ends') ? response : response.end(`${last ?? ''}data: [DONE]\n\n`);
    });
  });
}

describe('tracing', () => {
  const seen: IncomingHttpHeaders[] = [];
  const server = vendor(seen);
  let sink: OtlpSink;
  let gateway: Gateway;
  /** Asks within a trace of the client's own. */
  const ask = async (traceId: string, body: object, init: { signal?: AbortSignal } = {}): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ messages, ...body }),
      ...init,
    });
  const traced = async (traceId: string, server = 'POST /v1/chat/completions'): Promise<Map<string, SunkSpan>> => {
    await eventually(() => sink.trace(traceId).has(server), 10_000);
    return sink.trace(traceId);
  };

  beforeAll(async () => {
    sink = await OtlpSink.start();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    gateway = await bootGateway({
      SHELLM_PROVIDERS: 'demo,openai,cerebras',
      SHELLM_FALLBACK_CHAIN: 'cerebras,openai',
      OPENAI_API_KEY: 'sk-test',
      OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
      CEREBRAS_API_KEY: 'csk-test',
      CEREBRAS_BASE_URL: `http://127.0.0.1:${port}/down`,
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a%20key',
      OTEL_METRIC_EXPORT_INTERVAL: '500',
    });
  });
  afterAll(async () => {
    await gateway.close();
    server.close();
    sink.close();
  });

  it('leads from the HTTP request to the turn of the CLI', async () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    await (await ask(id, { model: 'demo', stream: true })).text();
    const spans = await traced(id);
    const [http, chat, attempt, wait, turn] = ['POST /v1/chat/completions', 'chat demo', 'attempt demo', 'wait for a turn slot', 'cli turn'].map((name) => spans.get(name));
    expect(http).toMatchObject({ kind: 2, parentSpanId: '00f067aa0ba902b7', status: 0, attributes: { 'http.route': '/v1/chat/completions', 'http.response.status_code': 200 } });
    expect(chat).toMatchObject({ kind: 1, parentSpanId: http?.spanId, attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.response.finish_reasons': ['stop'] } });
    expect(chat?.attributes['gen_ai.usage.input_tokens']).toBeGreaterThan(0);
    expect(chat?.attributes['shellm.time_to_first_token_ms']).toBeGreaterThanOrEqual(0);
    expect(attempt).toMatchObject({ kind: 1, parentSpanId: chat?.spanId, attributes: { 'gen_ai.provider.name': 'demo' } });
    expect([wait?.parentSpanId, turn?.parentSpanId]).toEqual([attempt?.spanId, attempt?.spanId]);
  });

  it('goes on at an API vendor, and has its figures', async () => {
    const id = 'aaf92f3577b34da6a3ce929d0e0e4736';
    await (await ask(id, { model: 'openai/gpt-4o' })).text();
    const spans = await traced(id);
    const attempt = spans.get('attempt openai');
    expect(seen.at(-1)?.['traceparent']).toBe(`00-${id}-${attempt?.spanId ?? ''}-01`);
    expect(attempt).toMatchObject({ kind: 3, status: 0 });
    expect(spans.get('chat gpt-4o-2026')?.attributes).toMatchObject({ 'gen_ai.usage.input_tokens': 7, 'gen_ai.usage.output_tokens': 3, 'gen_ai.provider.name': 'openai' });
  });

  it('shows both tries where another provider answers', async () => {
    const id = 'bbf92f3577b34da6a3ce929d0e0e4736';
    expect((await ask(id, { model: 'cerebras/gpt-oss-120b' })).headers.get('x-shellm-fallback')).toBe('true');
    const spans = await traced(id);
    expect(spans.get('attempt cerebras')).toMatchObject({ status: 2, attributes: { 'error.type': 'upstream_error' } });
    expect(spans.get('attempt openai')).toMatchObject({ status: 0 });
    const chat = [...spans.values()].find(({ name }) => name.startsWith('chat '));
    expect(chat).toMatchObject({ status: 0, attributes: { 'shellm.fallback.from': 'cerebras' } });
    for (const name of ['attempt cerebras', 'attempt openai']) expect(spans.get(name)?.parentSpanId).toBe(chat?.spanId);
  });

  it('says what was refused, and who left', async () => {
    const [refused, left] = ['ccf92f3577b34da6a3ce929d0e0e4736', 'ddf92f3577b34da6a3ce929d0e0e4736'];
    await ask(refused, { model: 'demo', n: 2 });
    expect((await traced(refused)).get('POST /v1/chat/completions')).toMatchObject({ attributes: { 'http.response.status_code': 400, 'error.type': 'unsupported_parameter' } });
    const abort = new AbortController();
    const response = await ask(left, { model: 'openai/never-ends', stream: true }, { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    const chat = [...(await traced(left)).values()].find(({ name }) => name.startsWith('chat'));
    expect(chat).toMatchObject({ status: 2, attributes: { 'error.type': 'client_closed_request' } });
  });

  it('begins a trace of its own where the header is none, and traces no probes', async () => {
    await call(`${gateway.url}/health`);
    await call(`${gateway.url}/metrics`);
    await call(`${gateway.url}/v1/models`, { headers: { traceparent: 'nonsense' } });
    await eventually(() => sink.spans.some(({ name }) => name === 'GET /v1/models'), 10_000);
    expect(sink.spans.find(({ name }) => name === 'GET /v1/models')?.parentSpanId).toBeUndefined();
    expect(sink.spans.filter(({ name }) => /health|metrics/.test(name))).toEqual([]);
  });

  it('sends figures too, with the headers of the collector, and never what was said', async () => {
    const names = [
      'gen_ai.client.operation.duration',
      'gen_ai.client.token.usage',
      'gen_ai.server.time_to_first_token',
      'http.server.request.duration',
      'shellm_turn_slots_active',
    ];
    await eventually(() => names.every((name) => sink.metricNames.has(name)), 10_000);
    expect(new Set(sink.headers)).toEqual(new Set(['a key']));
    for (const words of [SECRET_WORDS, 'spoken words', 'sk-test']) expect(sink.text).not.toContain(words);
  });
});

describe('a collector that is away', () => {
  it('costs one line, and neither an answer nor the shutdown', async () => {
    const gateway = await spawnGateway({ SHELLM_PROVIDERS: 'demo', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9', OTEL_METRIC_EXPORT_INTERVAL: '300' });
    try {
      expect((await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'demo', messages } })).status).toBe(200);
      const told = (): number => gateway.output().split('OTLP: ').length - 1;
      await eventually(() => told() >= 2, 15_000);
      expect((await call(`${gateway.url}/v1/chat/completions`, { body: { model: 'demo', messages } })).status).toBe(200);
      expect(gateway.output()).toContain('"trace_id":"');
      gateway.process.kill('SIGTERM');
      expect(await gateway.exited).toBe(0);
      // Traces once, metrics once.
      expect(told()).toBe(2);
    } finally {
      await gateway.dispose();
    }
  }, 40_000);
});
