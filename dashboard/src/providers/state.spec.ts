import { describe, expect, it } from '@jest/globals';
import { type Provider } from '../api/providers.ts';
import { byNeed, commandsIn, stateOf, windowName } from './state.ts';

const ready: Provider = {
  id: 'claude',
  kind: 'cli',
  enabled: true,
  configured: true,
  restricted: false,
  status: 'ready',
  installed: true,
  authenticated: true,
  models: [],
  capabilities: {},
};

describe(stateOf, () => {
  it.each([
    [{}, 'good', 'Ready'],
    [{ authenticated: false, status: 'unavailable' }, 'bad', 'Not logged in'],
    [{ installed: false, authenticated: false }, 'bad', 'Not installed'],
    [{ breaker: { open: true } }, 'warn', 'Resting after failures'],
    [{ status: 'unavailable' }, 'bad', 'Unavailable'],
    [{ status: 'unknown', installed: false }, 'quiet', 'Being looked at'],
    [{ kind: 'api', authenticated: false, status: 'unavailable' }, 'bad', 'Unavailable'],
    [{ kind: 'api', configured: false, authenticated: false, status: 'unavailable' }, 'bad', 'No API key'],
    [{ enabled: false, installed: false }, 'quiet', 'Switched off'],
  ])('of %j is %s', (change, tone, words) => {
    expect(stateOf({ ...ready, ...change })).toMatchObject({ tone, words });
  });
});

describe(byNeed, () => {
  it('has first what is down', () => {
    const providers = [ready, { ...ready, id: 'off', enabled: false }, { ...ready, id: 'down', status: 'unavailable' }, { ...ready, id: 'a' }];
    expect(byNeed(providers).map(({ id }) => id)).toEqual(['down', 'a', 'claude', 'off']);
  });
});

describe(commandsIn, () => {
  it('finds what is to be typed', () => {
    expect(commandsIn('Run `claude` on the machine and log in with /login, or run `claude setup-token`.')).toEqual(['claude', 'claude setup-token']);
    expect(commandsIn('Set OPENAI_API_KEY.')).toEqual([]);
  });
});

describe(windowName, () => {
  it.each([
    ['five_hour', 'Five hours'],
    ['primary', 'Primary'],
    ['toString', 'ToString'],
  ])('of %s is %s', (window, words) => {
    expect(windowName(window)).toBe(words);
  });
});
