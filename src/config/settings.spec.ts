import { describe, expect, it } from '@jest/globals';
import { dataDirOf } from './data-dir.js';
import { isLoopbackName } from './loopback.js';
import { ServerSettings } from './server-settings.js';
import { readSettings } from './settings.js';

const read = (environment: Record<string, string>): ServerSettings => readSettings(ServerSettings, (name) => environment[name]);

describe(readSettings.name, () => {
  it('has the defaults of the contract', () => {
    expect(read({})).toMatchObject({
      host: '127.0.0.1',
      port: 6100,
      bodyLimit: 1_048_576,
      agentBodyLimit: 33_554_432,
      corsOrigins: [],
      auth: true,
      requestTimeoutMs: 120_000,
      turnMaxMs: 1_800_000,
      shutdownGraceMs: 30_000,
      headersTimeoutMs: 10_000,
      receiveTimeoutMs: 30_000,
      keepAliveMs: 65_000,
      logLevel: 'info',
    });
  });

  it('reads numbers, sizes, switches and lists; an empty variable is unset', () => {
    expect(
      read({ SHELLM_PORT: ' 80 ', SHELLM_BODY_LIMIT: '512KB', SHELLM_AUTH: 'Off', SHELLM_CORS_ORIGINS: 'https://a.example, ,https://b.example', SHELLM_HOST: '' }),
    ).toMatchObject({
      host: '127.0.0.1',
      port: 80,
      bodyLimit: 524_288,
      auth: false,
      corsOrigins: ['https://a.example', 'https://b.example'],
    });
  });

  it.each([
    ['SHELLM_PORT', '80a'],
    ['SHELLM_PORT', '70000'],
    ['SHELLM_BODY_LIMIT', 'much'],
    ['SHELLM_AUTH', 'maybe'],
    ['SHELLM_REQUEST_TIMEOUT_MS', '0'],
    ['SHELLM_REQUEST_TIMEOUT_MS', '1e9'],
    ['SHELLM_SHUTDOWN_GRACE_MS', '-1'],
    ['LOG_LEVEL', 'loud'],
  ])('refuses %s=%s in one line that names it and does not repeat it', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: [^\\n]+$`));
    expect(() => read({ [name]: value })).not.toThrow(new RegExp(`: .*${value}`));
  });
});

describe(dataDirOf.name, () => {
  it.each([
    [{ SHELLM_DATA_DIR: '/srv/shellm' }, 'linux', '/srv/shellm'],
    [{ HOME: '/home/a' }, 'linux', '/home/a/.local/share/shellm'],
    [{ HOME: '/home/a', XDG_DATA_HOME: '/data' }, 'linux', '/data/shellm'],
    [{ HOME: '/home/a', XDG_DATA_HOME: 'relative' }, 'linux', '/home/a/.local/share/shellm'],
    [{ HOME: '/Users/a' }, 'darwin', '/Users/a/Library/Application Support/shellm'],
  ] as const)('%j on %s is %s', (environment, platform, expected) => {
    expect(dataDirOf(environment, platform)).toBe(expected);
  });
});

describe(isLoopbackName.name, () => {
  it.each(['localhost', 'LOCALHOST.', 'a.localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1'])('%s is', (name) => {
    expect(isLoopbackName(name)).toBe(true);
  });
  it.each(['', '0.0.0.0', '::', '128.0.0.1', '127.0.0.1.evil.example', 'localhost.evil.example', '127.1', '::ffff:10.0.0.1'])('%s is not', (name) => {
    expect(isLoopbackName(name)).toBe(false);
  });
});
