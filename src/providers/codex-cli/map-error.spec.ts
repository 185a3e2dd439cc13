import { describe, expect, it } from '@jest/globals';
import { mapError } from './map-error.js';

describe(mapError.name, () => {
  const error = (info: unknown, message = 'x'): never => ({ message, codexErrorInfo: info }) as never;
  it.each<[unknown, object]>([
    // What the CLI said in trials.
    ['usageLimitExceeded', { code: 'provider_rate_limited', retryAfter: 9 }],
    ['rateLimitExceeded', { code: 'provider_rate_limited', retryAfter: 9 }],
    [{ responseTooManyFailedAttempts: { httpStatusCode: 429 } }, { code: 'provider_rate_limited', retryAfter: 9 }],
    ['unauthorized', { code: 'provider_unavailable', shouldRetry: false }],
    [{ httpConnectionFailed: { httpStatusCode: 401 } }, { code: 'provider_unavailable', message: expect.stringContaining('codex login') }],
    [{ httpConnectionFailed: { httpStatusCode: 403 } }, { code: 'provider_unavailable', shouldRetry: false }],
    ['modelNotFound', { code: 'model_not_found', param: 'model' }],
    ['contextWindowExceeded', { code: 'context_length_exceeded', param: 'messages' }],
    ['badRequest', { code: 'invalid_parameter' }],
    [{ httpConnectionFailed: { httpStatusCode: 422 } }, { code: 'invalid_parameter' }],
    [{ httpConnectionFailed: { httpStatusCode: 413 } }, { code: 'payload_too_large' }],
    [{ httpConnectionFailed: { httpStatusCode: 408 } }, { code: 'upstream_error' }],
    ['internalServerError', { code: 'upstream_error' }],
    [{ httpConnectionFailed: { httpStatusCode: 503 } }, { code: 'upstream_error' }],
    [{ httpConnectionFailed: { httpStatusCode: null } }, { code: 'upstream_error' }],
    ['other', { code: 'upstream_error' }],
    // Further words of its protocol.
    ['sessionBudgetExceeded', { code: 'provider_rate_limited' }],
    ['cyberPolicy', { code: 'invalid_parameter' }],
    ['sandboxError', { code: 'upstream_error' }],
    [{ activeTurnNotSteerable: { turnKind: 'review' } }, { code: 'upstream_error' }],
    ['serverOverloaded', { code: 'upstream_error' }],
    [{ responseStreamDisconnected: { httpStatusCode: null } }, { code: 'upstream_error' }],
    [null, { code: 'upstream_error' }],
    ['aWordOfTomorrow', { code: 'upstream_error' }],
  ])('%j', (info, expected) => {
    expect(mapError(error(info), 'gpt', 9)).toMatchObject(expected);
  });

  it("tells the vendor's words without what is nobody's to see", () => {
    expect(mapError(error('other', 'lost /home/me/.codex/x and https://api.x/v1 at 10.0.0.1:80'), 'm').message).toBe('The OpenAI API: lost … and … at …');
    expect(mapError(error('other', 'Reconnecting... 1/5'), 'm').message).toBe('The OpenAI API failed.');
    expect(mapError(error('other', 'unexpected status 503 Service Unavailable: Too busy: wait., url: https://api.x/v1, request id: r'), 'm').message).toBe(
      'The OpenAI API: Too busy: wait.',
    );
    expect(mapError(error('other', '{"error":{"message":"Bad thing.","code":null}}'), 'm')).toMatchObject({ code: 'invalid_parameter', message: 'The OpenAI API: Bad thing.' });
    expect(mapError(error('other', '{"error":{"message":"x","code":"context_length_exceeded"}}'), 'm').code).toBe('context_length_exceeded');
  });

  it('says when to come again only where that is known', () => {
    expect(mapError(error('usageLimitExceeded'), 'm').retryAfter).toBeUndefined();
  });

  it('keeps the name of a model short', () => {
    expect(mapError(error('modelNotFound'), 'x'.repeat(500)).message.length).toBeLessThan(200);
  });
});
