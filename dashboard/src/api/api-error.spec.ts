import { describe, expect, it } from '@jest/globals';
import { ApiError, errorOf, shown } from './api-error.ts';

describe(errorOf, () => {
  it("has the gateway's words", () => {
    const error = errorOf(403, { error: { message: 'Needs the scope admin.', type: 'permission_error', param: 'key', code: 'insufficient_scope' } });
    expect(error).toMatchObject({ message: 'Needs the scope admin.', status: 403, code: 'insufficient_scope', param: 'key' });
  });

  it.each([[undefined], ['<html>'], [null], [{ error: 'no' }], [{ error: { message: '' } }]])('makes do with %j', (body) => {
    expect(errorOf(502, body)).toMatchObject({ message: 'The gateway answered with status 502.', code: null });
  });
});

describe(shown, () => {
  it('passes on what the gateway said, and puts the rest into words', () => {
    const error = new ApiError('No.', 400);
    expect(shown(error)).toBe(error);
    expect(shown(new TypeError('Failed to fetch')).message).toBe('The gateway cannot be reached.');
    expect(shown(new RangeError('x is undefined')).message).not.toContain('undefined');
  });
});
