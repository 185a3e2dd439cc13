import { describe, expect, it } from '@jest/globals';
import { loginTermOf as claude } from './claude-code/login-term.js';
import { loginTermOf as gemini } from './gemini-cli/login-term.js';

const noLogin = ['', '{', 'null', '[]', '3', '{}'];

describe('the term of a login', () => {
  it('is told by the file of Claude Code', () => {
    expect(claude('{"claudeAiOauth":{"accessToken":"a","refreshToken":"r","expiresAt":1790000000000,"subscriptionType":"max"}}')).toEqual({
      expiresAt: 1_790_000_000_000,
      renewable: true,
    });
    expect(claude('{"claudeAiOauth":{"accessToken":"a","expiresAt":"soon"}}')).toEqual({ expiresAt: undefined, renewable: false });
    for (const text of [...noLogin, '{"claudeAiOauth":null}']) expect(claude(text)).toBeUndefined();
  });

  it('is told by the file of Gemini CLI', () => {
    expect(gemini('{"access_token":"a","refresh_token":"r","expiry_date":1790000000000}')).toEqual({ expiresAt: 1_790_000_000_000, renewable: true });
    expect(gemini('{"access_token":"a"}')).toEqual({ expiresAt: undefined, renewable: false });
    for (const text of noLogin) expect(gemini(text)).toBeUndefined();
  });
});
