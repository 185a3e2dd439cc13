import { describe, expect, it } from '@jest/globals';
import { readLogin } from './login.js';

describe(readLogin.name, () => {
  const now = 1_790_000_000_000;
  const subscription = (expiresInS: number, refreshedMsAgo: number): string => {
    const access = `e30.${Buffer.from(JSON.stringify({ exp: now / 1000 + expiresInS })).toString('base64url')}.x`;
    return JSON.stringify({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { access_token: access, refresh_token: 'r' },
      last_refresh: new Date(now - refreshedMsAgo).toISOString(),
    });
  };
  const none = { loggedIn: false, auth: undefined, renewalDue: false };

  it.each<[string, string | undefined, object]>([
    ['a fresh login', subscription(3600, 1000), { loggedIn: true, auth: 'subscription', renewalDue: false }],
    ['one whose token expires soon', subscription(600, 1000), { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['one that has grown old', subscription(3600, 8 * 86_400_000), { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['one that tells no times', '{"tokens":{"access_token":"a","refresh_token":"r"}}', { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['a key', '{"OPENAI_API_KEY":"sk-x"}', { loggedIn: true, auth: 'api_key', renewalDue: false }],
    ['no key', '{"OPENAI_API_KEY":""}', none],
    ['no tokens', '{"tokens":null}', none],
    ['half a file', '{"tok', none],
    ['nothing', 'null', none],
    ['no file', undefined, none],
  ])('%s', (_, file, expected) => {
    expect(readLogin(file, now)).toMatchObject(expected);
  });

  it('tells when the access of a subscription ends, and that the CLI renews it', () => {
    expect(readLogin(subscription(3600, 1000), now).term).toEqual({ expiresAt: now + 3_600_000, renewable: true });
    expect(readLogin('{"tokens":{"access_token":"a","refresh_token":"r"}}', now).term).toEqual({ expiresAt: undefined, renewable: true });
    expect(readLogin('{"OPENAI_API_KEY":"sk-x"}', now).term).toBeUndefined();
  });
});
