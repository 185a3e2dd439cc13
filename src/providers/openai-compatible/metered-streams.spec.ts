import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import { collectBody } from './collect-body.js';
import { MeteredStreams } from './metered-streams.js';
import { type VendorResponse } from './vendor-api.js';
import { Flow } from '../../kernel/flow.js';

const refusal = '{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}';
const exchange = { credential: undefined, signal: new AbortController().signal, flow: new Flow() };

/** A vendor that answers by what it was sent. */
function vendor(answer: (body: Record<string, unknown>) => [status: number, text: string]): { metered: MeteredStreams; sent: unknown[] } {
  const sent: unknown[] = [];
  const complete = (_: string, json: string): Promise<VendorResponse> => {
    const body = JSON.parse(json) as Record<string, unknown>;
    sent.push(body['stream_options']);
    const [status, text] = answer(body);
    return Promise.resolve({ status, headers: {}, body: of(Buffer.from(text)) });
  };
  return { metered: new MeteredStreams({ complete }), sent };
}

const old = (body: Record<string, unknown>): [number, string] => (body['stream_options'] ? [400, refusal] : [200, 'fine']);

async function ask(metered: MeteredStreams, body: object): Promise<string> {
  const { status, body: bytes } = await metered.complete('openai-chat', { model: 'm', ...body }, exchange);
  return `${status} ${await collectBody(bytes, 10_000)}`;
}

describe(MeteredStreams, () => {
  it('asks every stream for its usage, and nothing else', async () => {
    const { metered, sent } = vendor(() => [200, 'fine']);
    await ask(metered, { stream: true });
    await ask(metered, {});
    await ask(metered, { stream: false });
    expect(sent).toEqual([{ include_usage: true }, undefined, undefined]);
    await metered.complete('openai-completions', { model: 'm', stream: true }, exchange);
    await metered.complete('openai-embeddings', { model: 'm', stream: true }, exchange);
    expect(sent.slice(3)).toEqual([{ include_usage: true }, undefined]);
  });

  it('asks again without where that is refused, and remembers it of the model', async () => {
    const { metered, sent } = vendor(old);
    expect([await ask(metered, { stream: true }), await ask(metered, { stream: true })]).toEqual(['200 fine', '200 fine']);
    expect(sent).toEqual([{ include_usage: true }, undefined, undefined]);
    expect(await ask(metered, { stream: true, model: 'other' })).toBe('200 fine');
    expect(sent.slice(3)).toEqual([{ include_usage: true }, undefined]);
  });

  it('passes the refusal of what the client sent itself, and remembers nothing', async () => {
    const { metered, sent } = vendor(old);
    expect(await ask(metered, { stream: true, stream_options: { include_usage: true } })).toBe(`400 ${refusal}`);
    expect(sent).toHaveLength(1);
    expect(await ask(metered, { stream: true, stream_options: { odd: 1 } })).toBe(`400 ${refusal}`);
    expect(sent.slice(1)).toEqual([{ odd: 1, include_usage: true }, { odd: 1 }]);
    expect(await ask(metered, { stream: true })).toBe('200 fine');
    expect(sent).toHaveLength(5);
  });

  it.each([400, 422])('passes a %d that says nothing of it, whole and once', async (status) => {
    const { metered, sent } = vendor(() => [status, '{"error":{"message":"no such model"}}']);
    expect(await ask(metered, { stream: true })).toBe(`${status} {"error":{"message":"no such model"}}`);
    expect(sent).toHaveLength(1);
  });

  it('remembers no more models than it has room for', async () => {
    const { metered, sent } = vendor(old);
    for (let at = 0; at < 300; at++) await ask(metered, { stream: true, model: `m${at}` });
    expect(sent).toHaveLength(600);
    await ask(metered, { stream: true, model: 'm299' });
    expect(sent).toHaveLength(601);
    await ask(metered, { stream: true, model: 'm0' });
    expect(sent).toHaveLength(603);
    for (let at = 0; at < 2; at++) await ask(metered, { stream: true, model: 'long'.repeat(100) });
    expect(sent).toHaveLength(607);
  });
});
