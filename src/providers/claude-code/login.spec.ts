import { describe, expect, it, jest } from '@jest/globals';
import { type AuthStatus } from './auth-status.js';
import { Login } from './login.js';

const good: AuthStatus = { loggedIn: true, auth: 'subscription' };
const none: AuthStatus = { loggedIn: false, auth: undefined };

function open(answer: AuthStatus | Error) {
  const clock = { now: 0 };
  const ask = jest.fn(() => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)));
  return { clock, ask, login: new Login(ask, () => clock.now) };
}

describe('Login', () => {
  it('asks at most once a minute, and once for all who ask meanwhile', async () => {
    const { clock, ask, login } = open(good);
    expect(await Promise.all([login.status(), login.status()])).toEqual([good, good]);
    clock.now = 59_999;
    await login.status();
    expect(ask).toHaveBeenCalledTimes(1);
    clock.now = 60_000;
    await login.status();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('is not bad before it is known, and is so for a minute without a login', async () => {
    const { clock, login } = open(none);
    expect(login.bad).toBe(false);
    await login.status();
    expect(login.bad).toBe(true);
    clock.now = 60_000;
    expect(login.bad).toBe(false);
  });

  it('believes the vendor rather than the CLI, for a minute or until a turn goes well', async () => {
    const { clock, login } = open(good);
    await login.status();
    login.refused();
    expect(login.bad).toBe(true);
    expect(await login.status()).toEqual({ loggedIn: false, auth: 'subscription' });
    login.confirmed();
    expect(login.bad).toBe(false);
    login.refused();
    clock.now = 60_000;
    expect(login.bad).toBe(false);
  });

  it('asks again once a turn went well in spite of no login', async () => {
    const { ask, login } = open(none);
    await login.status();
    login.confirmed();
    expect(login.bad).toBe(false);
    await login.status();
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('knows nothing where the CLI gives no answer', async () => {
    const { login } = open(new Error('no JSON'));
    expect(await login.status()).toBeUndefined();
    expect(login.bad).toBe(false);
  });
});
