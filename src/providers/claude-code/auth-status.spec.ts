import { describe, expect, it } from '@jest/globals';
import { hasApiKey, parseAuthStatus } from './auth-status.js';

describe('auth status', () => {
  it.each([
    [
      { loggedIn: true, authMethod: 'claude.ai' },
      { loggedIn: true, auth: 'subscription' },
    ],
    [
      { loggedIn: true, authMethod: 'oauth_token' },
      { loggedIn: true, auth: 'subscription' },
    ],
    [
      { loggedIn: true, authMethod: 'api_key' },
      { loggedIn: true, auth: 'api_key' },
    ],
    [
      { loggedIn: true, authMethod: 'third_party' },
      { loggedIn: true, auth: 'api_key' },
    ],
    [
      { loggedIn: false, authMethod: 'none' },
      { loggedIn: false, auth: undefined },
    ],
  ])('%j', (said, expected) => {
    expect(parseAuthStatus(JSON.stringify(said, undefined, 2))).toEqual(expected);
  });

  it.each(['', 'error', '{}', '{"loggedIn":"yes"}'])('is not guessed from %j', (output) => {
    expect(() => parseAuthStatus(output)).toThrow();
  });

  it('knows the variables that bill a key; empty ones are none', () => {
    expect(hasApiKey({ ANTHROPIC_API_KEY: 'k' })).toBe(true);
    expect(hasApiKey({ CLAUDE_CODE_USE_VERTEX: '1' })).toBe(true);
    expect(hasApiKey({ ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 't' })).toBe(false);
  });
});
