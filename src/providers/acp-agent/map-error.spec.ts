import { describe, expect, it } from '@jest/globals';
import { AgentState } from './agent-state.js';
import { mapError } from './map-error.js';
import { AcpError } from '../../acp/acp-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';

const label = 'The agent "goose"';

describe(mapError.name, () => {
  it.each<[number, string, object]>([
    [-32000, 'run /home/me/goose login', { code: 'provider_unavailable', shouldRetry: false, message: expect.stringContaining('is not logged in') }],
    [401, 'bad key sk-1', { code: 'provider_unavailable', shouldRetry: false }],
    [
      429,
      'quota.\nSuggested retry after 7s.',
      { code: 'provider_rate_limited', retryAfter: 7, message: 'The limit of the account of the agent "goose" is reached. Try again later.' },
    ],
    [429, 'quota', { code: 'provider_rate_limited', retryAfter: undefined }],
    [503, 'overloaded at https://api.test/v1, see /var/log/x and 10.0.0.1:80', { code: 'upstream_error', message: 'The vendor of the agent "goose": overloaded at … see … and …' }],
    [500, '', { code: 'upstream_error', message: 'The vendor of the agent "goose" failed.' }],
    [-32603, 'Internal error at /home/me/agent.js', { code: 'cli_failed', message: 'The agent "goose" ended the turn with an error.' }],
    [400, 'bad', { code: 'cli_failed' }],
  ])('of %d %j', (code, message, expected) => {
    const error = new AcpError(code, message);
    expect(mapError(error, label)).toMatchObject({ ...expected, cause: error });
    expect(mapError(error, label).message).not.toMatch(/\/home|sk-1/);
  });

  it('keeps what is ours, and says nothing of what is unknown', () => {
    const ours = new GatewayError('shutting_down', 'x');
    expect(mapError(ours, label)).toBe(ours);
    expect(mapError(new Error('/etc/secret'), label)).toMatchObject({ code: 'cli_failed', message: 'The agent "goose" failed.' });
  });
});

describe(AgentState.name, () => {
  it('believes a bad state for a minute, and a good one until it is bad', () => {
    let now = 0;
    const state = new AgentState(label, () => now);
    expect([state.unknown, state.problem]).toEqual([true, undefined]);
    state.failed(new AcpError(-32000, 'x'));
    expect([state.unknown, state.loggedOut, state.problem]).toEqual([false, true, expect.stringContaining('is not logged in')]);
    now = 60_001;
    expect([state.unknown, state.loggedOut, state.problem]).toEqual([true, false, undefined]);
    state.failed(new Error('x'));
    expect([state.loggedOut, state.problem]).toEqual([false, expect.stringContaining('does not start a session')]);
    state.succeeded();
    now = 1e9;
    expect([state.unknown, state.problem]).toEqual([false, undefined]);
  });
});
