import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KEY_REFUSED, NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { mapError } from './map-error.js';
import { AcpError } from '../../acp/acp-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/** What the real CLI answered to a turn. */
function recorded(name: string): AcpError {
  const lines = readFileSync(join(import.meta.dirname, 'fixtures', `error-${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const { msg } = JSON.parse(lines.at(-1)!) as { msg: { error: { code: number; message: string } } };
  return new AcpError(msg.error.code, msg.error.message);
}

describe(mapError.name, () => {
  it.each<[string, object]>([
    ['400', { code: 'invalid_parameter', message: 'The Gemini API: Request contains an invalid argument.' }],
    ['400key', { code: 'provider_unavailable', message: KEY_REFUSED, shouldRetry: false }],
    ['400long', { code: 'context_length_exceeded', param: 'messages' }],
    ['401', { code: 'provider_unavailable', message: KEY_REFUSED, shouldRetry: false }],
    ['403', { code: 'provider_unavailable', message: NOT_ALLOWED, shouldRetry: false }],
    ['404', { code: 'model_not_found', param: 'model' }],
    ['404login', { code: 'model_not_found', param: 'model' }],
    ['413', { code: 'payload_too_large', message: 'The Gemini API: Request payload size exceeds the limit: 20971520 bytes.' }],
    ['429', { code: 'provider_rate_limited', retryAfter: 1 }],
    ['429wait', { code: 'provider_rate_limited', retryAfter: 44 }],
    ['429reset', { code: 'provider_rate_limited', retryAfter: 7384 }],
    ['429day', { code: 'provider_rate_limited', retryAfter: undefined }],
    ['500', { code: 'upstream_error', message: 'The Gemini API: An internal error has occurred.' }],
    ['503', { code: 'upstream_error', message: 'The Gemini API: The model is overloaded. Please try again later.' }],
    ['cut', { code: 'upstream_error', message: 'The Gemini API failed.' }],
  ])('as recorded: %s', (name, expected) => {
    const error = recorded(name);
    const mapped = mapError(error, 'gemini-x', 'gemini-api-key');
    expect(mapped).toMatchObject(expected);
    expect(mapped.cause).toBe(error);
  });

  it.each<[number, string, object]>([
    [-32000, 'Gemini API key is missing or not configured.', { code: 'provider_unavailable', message: KEY_REFUSED, shouldRetry: false }],
    [400, 'API key not valid. Please pass a valid API key.', { code: 'provider_unavailable', shouldRetry: false }],
    [400, 'invalid_grant', { code: 'provider_unavailable', shouldRetry: false }],
    [400, '{"error":"invalid_rapt"}', { code: 'provider_unavailable', shouldRetry: false }],
    [500, 'the words: API key not valid', { code: 'upstream_error' }],
    [404, 'no', { code: 'model_not_found', param: 'model' }],
    [500, 'A tool said: Requested entity was not found.', { code: 'upstream_error' }],
    [409, '{"error":{"code":409,"message":"Aborted."}}', { code: 'invalid_parameter', message: 'The Gemini API: Aborted.' }],
    [422, 'no', { code: 'invalid_parameter', message: 'The Gemini API: no' }],
    [408, 'late', { code: 'upstream_error', message: 'The Gemini API: late' }],
    [499, 'gone', { code: 'upstream_error' }],
    [429, 'Rate limit exceeded. Try again later.', { code: 'provider_rate_limited', retryAfter: undefined }],
    [500, 'exception TypeError: fetch failed sending request', { code: 'upstream_error', message: 'The Gemini API cannot be reached.' }],
    [500, '', { code: 'upstream_error', message: 'The Gemini API failed.' }],
    [500, 'null', { code: 'upstream_error', message: 'The Gemini API: null' }],
    [500, '{"error":{"message":5}}', { code: 'upstream_error' }],
    [-32603, 'Internal error in /home/me', { code: 'cli_failed', message: 'Gemini CLI refused the turn.' }],
    [-32602, 'Session not found: 3f2b8c1e', { code: 'cli_failed', message: 'Gemini CLI refused the turn.' }],
  ])('%s %s', (code, message, expected) => {
    expect(mapError(new AcpError(code, message), 'm', 'gemini-api-key')).toMatchObject(expected);
  });

  it('says what to do about a login, or about a key', () => {
    const told = (auth: 'oauth-personal' | 'gemini-api-key' | 'vertex-ai'): string => mapError(new AcpError(401, 'x'), 'm', auth).message;
    expect([told('oauth-personal'), told('gemini-api-key'), told('vertex-ai')]).toEqual([NOT_LOGGED_IN, KEY_REFUSED, KEY_REFUSED]);
  });

  it("tells the vendor's words without what is nobody's to see, and not for ever", () => {
    const message = `lost /home/me/.gemini/oauth_creds.json and https://api.x/v1 at 10.0.0.1:80 ${'x'.repeat(2000)}`;
    const mapped = mapError(new AcpError(503, message), 'm', 'gemini-api-key');
    expect(mapped.message).toMatch(/^The Gemini API: lost … and … at … x/);
    expect(mapped.message.length).toBeLessThan(600);
    expect(mapError(new AcpError(404, 'x'), 'm'.repeat(500), 'gemini-api-key').message.length).toBeLessThan(200);
  });

  it("leaves what is ours, and wraps what is nobody's", () => {
    const ours = new GatewayError('cli_failed', 'x');
    expect(mapError(ours, 'm', 'gemini-api-key')).toBe(ours);
    expect(mapError(new TypeError('x'), 'm', 'gemini-api-key')).toMatchObject({ code: 'cli_failed', message: 'Gemini CLI failed.' });
  });
});
