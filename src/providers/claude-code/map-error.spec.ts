import { describe, expect, it } from '@jest/globals';
import { type CliFailure, mapError } from './map-error.js';

const now = Date.UTC(2026, 0, 1);

describe('mapError', () => {
  const table: readonly [string, CliFailure, object][] = [
    ['a prompt that is too long', { status: 400, terminalReason: 'prompt_too_long', text: 'x' }, { code: 'context_length_exceeded', param: 'messages' }],
    ['a prompt that the CLI itself finds too long', { text: 'Prompt is too long' }, { code: 'context_length_exceeded' }],
    ['no login', { status: undefined, error: 'authentication_failed', text: 'Not logged in · Please run /login' }, { code: 'provider_unavailable', shouldRetry: false }],
    ['a bad key', { status: 401, text: 'Invalid API key' }, { code: 'provider_unavailable', message: expect.stringContaining('/login'), shouldRetry: false }],
    ['a subscription that lapsed', { status: 403, error: 'oauth_org_not_allowed', text: 'x' }, { code: 'provider_unavailable', shouldRetry: false }],
    ['an account without credit', { status: 400, error: 'billing_error', text: 'Credit balance is too low' }, { code: 'provider_unavailable', shouldRetry: false }],
    ['an unknown model', { status: 404, error: 'model_not_found', text: 'x' }, { code: 'model_not_found', param: 'model', message: expect.stringContaining('"opus"') }],
    ['too many requests', { status: 429, error: 'rate_limit', text: 'x' }, { code: 'provider_rate_limited', retryAfter: undefined }],
    ['a limit that is lifted soon', { status: 429, text: 'x', resetsAt: now / 1000 + 9.2 }, { code: 'provider_rate_limited', retryAfter: 10, shouldRetry: undefined }],
    ['a limit that was lifted', { status: 429, text: 'x', resetsAt: now / 1000 - 5 }, { code: 'provider_rate_limited', retryAfter: undefined }],
    ['a limit that holds long', { status: 429, text: 'x', resetsAt: now / 1000 + 7200 }, { retryAfter: 7200, shouldRetry: false }],
    ['a body too large', { status: 413, text: 'x' }, { code: 'payload_too_large' }],
    ['a bad request', { status: 400, error: 'unknown', text: 'API Error: 400 temperature: bad' }, { code: 'invalid_parameter', message: 'The Claude API: temperature: bad' }],
    ['an overload', { status: 529, text: 'API Error: 529 Overloaded. Try again.' }, { code: 'upstream_error', message: 'The Claude API: Overloaded. Try again.' }],
    ['no connection', { status: undefined, apiError: 'connection_failed', text: 'API Error: Connection refused (ECONNREFUSED)' }, { code: 'upstream_error' }],
    ['a turn without a result', { subtype: 'error_during_execution', text: '' }, { code: 'cli_failed' }],
    ['nothing said', { text: '' }, { code: 'upstream_error', message: 'The Claude API failed.' }],
  ];

  it.each(table)('%s', (_name, failure, expected) => {
    expect(mapError(failure, 'opus', now)).toMatchObject(expected);
  });

  it('keeps advice to terminal users, addresses and paths from the client', () => {
    const text = 'API Error: 529 Overloaded — see /home/jo/.claude/x.json or C:\\Users\\jo\\x If it persists, check your inference gateway (127.0.0.1:35541).';
    const { message, cause } = mapError({ status: 529, text }, 'opus', now);
    expect(message).toBe('The Claude API: Overloaded — see … or …');
    expect(cause).toMatchObject({ text });
  });
});
