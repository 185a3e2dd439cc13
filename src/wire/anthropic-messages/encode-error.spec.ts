import { describe, expect, it } from '@jest/globals';
import { encodeError } from './encode-error.js';
import { type ErrorCode, GatewayError } from '../../kernel/gateway-error.js';

describe('encodeError', () => {
  it.each<[ErrorCode, string]>([
    ['invalid_parameter', 'invalid_request_error'],
    ['invalid_api_key', 'authentication_error'],
    ['model_not_allowed', 'permission_error'],
    ['model_not_found', 'not_found_error'],
    ['payload_too_large', 'request_too_large'],
    ['session_busy', 'rate_limit_error'],
    ['provider_rate_limited', 'rate_limit_error'],
    ['provider_unavailable', 'overloaded_error'],
    ['timeout', 'timeout_error'],
    ['cli_failed', 'api_error'],
    ['internal_error', 'api_error'],
  ])('calls %s a %s', (code, type) => {
    expect(encodeError(new GatewayError(code, 'Why.'), 'r')).toEqual({ type: 'error', error: { type, message: 'Why.' }, request_id: 'r' });
  });

  it('tells of threads so that a client library goes on without', () => {
    const { error } = encodeError(new GatewayError('unsupported_parameter', 'thread: no.', { param: 'thread' }), 'r');
    expect(error.details).toEqual({ error_code: 'thread_unsupported_request', unsupported: ['thread'] });
  });

  it('names the place, once', () => {
    const said = (message: string): string => encodeError(new GatewayError('unsupported_parameter', message, { param: 'messages.0.content.1' }), 'r').error.message;
    expect(said('It takes text only.')).toBe('messages.0.content.1: It takes text only.');
    expect(said('messages.0.content.1: no.')).toBe('messages.0.content.1: no.');
  });
});
