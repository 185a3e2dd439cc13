import { describe, expect, it } from '@jest/globals';
import { mapRefusal } from './map-refusal.js';
import { ollamaUrl } from './ollama-url.js';
import { parseReset } from './parse-reset.js';
import { Quota } from './quota.js';
import { modelIdsOf } from './read-models.js';
import { decodeError } from '../../wire/openai-chat/decode-error.js';

describe(parseReset.name, () => {
  it.each([
    ['1s', 1000],
    ['6m0s', 360_000],
    ['12ms', 12],
    ['1h2m3.5s', 3_723_500],
    ['0.25', 250],
    ['33011.5', 33_011_500],
    ['1790000060', 60_000],
  ])('%s', (text, expected) => {
    expect(parseReset(text, 1_790_000_000_000)).toBe(1_790_000_000_000 + expected);
  });

  it.each(['', 'soon', '5x', '-1', '1e9', '999d', '1s'.repeat(20), '1790000000', '2026-11-25'])('%j is none', (text) => {
    expect(parseReset(text, 1_795_000_000_000)).toBeUndefined();
  });
});

describe(decodeError.name, () => {
  it.each([
    ['{"error":{"message":"m","code":"c","type":"t","param":"p"}}', { message: 'm', code: 'c', type: 't', param: 'p' }],
    ['{"message":"m","type":"t"}', { message: 'm', code: undefined, type: 't', param: undefined }],
    ['{"error":"m"}', { message: 'm', code: undefined, type: undefined, param: undefined }],
    ['{"detail":"m"}', { message: 'm', code: undefined, type: undefined, param: undefined }],
    ['{"error":{"code":5}}', { message: undefined, code: undefined, type: undefined, param: undefined }],
    ['<html>', { message: undefined, code: undefined, type: undefined, param: undefined }],
    ['null', { message: undefined, code: undefined, type: undefined, param: undefined }],
  ])('%s', (body, expected) => {
    expect(decodeError(body)).toEqual(expected);
  });
});

describe(mapRefusal.name, () => {
  const own = { type: 'invalid_request_error', code: null };
  it.each<[number, string, object]>([
    [
      404,
      '{"error":{"message":"no","code":"model_not_found","type":"t"}}',
      { code: 'model_not_found', param: 'model', message: 'no', vendor: { type: 't', code: 'model_not_found' } },
    ],
    [404, '{"error":{"message":"no such model"}}', { code: 'model_not_found', param: 'model', vendor: { ...own, code: 'model_not_found' } }],
    [404, '{"error":"model \\"x\\" not found, try pulling it first"}', { code: 'model_not_found', param: 'model' }],
    [404, '{"message":"The model `x` does not exist.","type":"NotFoundError","code":404}', { code: 'model_not_found', vendor: { type: 'NotFoundError', code: 'model_not_found' } }],
    [404, '{"error":{"message":"No such file.","code":"file_gone","param":"file"}}', { code: 'not_found', param: 'file', vendor: { ...own, code: 'file_gone' } }],
    [404, '<html>', { code: 'not_found', message: 'Box refused the request with status 404.', param: undefined, vendor: own }],
    [400, '{"error":{"message":"bad","param":"temperature"}}', { code: 'invalid_parameter', param: 'temperature', message: 'bad', vendor: own }],
    [400, '{"error":{"message":"long","code":"context_length_exceeded","param":"messages"}}', { code: 'context_length_exceeded', param: 'messages' }],
    [400, '{"error":{"message":"long","type":"exceed_context_size_error"}}', { code: 'context_length_exceeded', vendor: { type: 'exceed_context_size_error' } }],
    [400, '{"message":"This model\'s maximum context length is 8 tokens."}', { code: 'context_length_exceeded', vendor: { code: 'context_length_exceeded' } }],
    [401, '{"error":{"message":"Incorrect API key.","type":"t","code":"invalid_api_key"}}', { code: 'invalid_api_key', vendor: { type: 't', code: 'invalid_api_key' } }],
    [401, '{"detail":"no"}', { code: 'invalid_api_key', message: 'no', vendor: { type: 'authentication_error', code: 'invalid_api_key' } }],
    [403, '{"error":{"message":"no","type":"t","code":"c"}}', { code: 'insufficient_scope', vendor: { type: 't', code: 'c' } }],
    [405, '', { code: 'method_not_allowed' }],
    [409, '{"error":{"message":"Try again."}}', { code: 'idempotency_conflict', message: 'Try again.', vendor: { type: 'conflict_error', code: null } }],
    [413, '', { code: 'payload_too_large', message: 'Box refused the request with status 413.' }],
    [415, '', { code: 'unsupported_media_type' }],
    [422, '{"detail":"no"}', { code: 'invalid_parameter', message: 'no', param: undefined, vendor: own }],
  ])('%s %s', (status, body, expected) => {
    const headers = { 'x-upstream-request-id': 'r' };
    expect(mapRefusal('Box', status, body, headers)).toMatchObject({ ...expected, headers });
    expect(mapRefusal('Box', status, body, headers).vendor?.status).toBe(status);
  });
});

describe(ollamaUrl.name, () => {
  it.each([
    [undefined, 'http://127.0.0.1:11434/v1'],
    ['', 'http://127.0.0.1:11434/v1'],
    ['127.0.0.1', 'http://127.0.0.1:11434/v1'],
    ['localhost:8000', 'http://localhost:8000/v1'],
    [':9999', 'http://127.0.0.1:9999/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0:80', 'http://127.0.0.1/v1'],
    ['https://localhost:8443', 'https://localhost:8443/v1'],
    ['[::]:11434', 'http://[::1]:11434/v1'],
    ['ollama.example.com', 'http://127.0.0.1:11434/v1'],
    ['http://10.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
    ['not a host', 'http://127.0.0.1:11434/v1'],
  ])('%s', (host, expected) => {
    expect(ollamaUrl(host)).toBe(expected);
  });
});

describe(modelIdsOf.name, () => {
  it('takes the names, each once, and leaves out what has none', () => {
    expect(modelIdsOf('{"data":[{"id":"a"},{"id":"b"},{"id":"a"},{"id":5},{},null,{"id":""}]}', 'data', 'id')).toEqual(['a', 'b']);
    expect(modelIdsOf('{"models":[{"name":"qwen3:8b"}]}', 'models', 'name')).toEqual(['qwen3:8b']);
  });

  it.each(['', '[]', 'null', '{"data":{}}', '<html>'])('%j is no list', (body) => {
    expect(modelIdsOf(body, 'data', 'id')).toBeUndefined();
  });
});

describe(Quota.name, () => {
  const headers = {
    'x-upstream-ratelimit-limit-requests': '100',
    'x-upstream-ratelimit-remaining-requests': '25',
    'x-upstream-ratelimit-reset-requests': '1m',
    'x-upstream-ratelimit-remaining-tokens-minute': '0',
    'content-type': 'x',
  };

  it('is what the last answer said', () => {
    const began = 1_790_000_000_000;
    let now = began;
    const quota = new Quota(() => now);
    expect(quota.windows()).toEqual([]);
    quota.see(headers);
    quota.see({ 'content-type': 'x' });
    expect(quota.windows()).toEqual([
      { window: 'requests', used_percent: 75, resets_at: new Date(began + 60_000).toISOString(), status: 'allowed' },
      { window: 'tokens_minute', used_percent: null, resets_at: null, status: 'exhausted' },
    ]);
    now += 61_000;
    expect(quota.windows()[0]).toEqual({ window: 'requests', used_percent: 0, resets_at: null, status: 'allowed' });
  });
});
