import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigLocation } from './config-location.js';
import { openDataDir } from './data-dir.js';
import { dataDirOf } from './data-dir-path.js';
import { isLoopbackName } from './loopback.js';
import { refuseOwnAddress } from './own-address.js';
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

  it('takes every form of a host and an origin', () => {
    for (const host of ['localhost', '::1', '::', '0.0.0.0', 'fe80::1%eth0', 'gateway_1.internal.']) expect(read({ SHELLM_HOST: host }).host).toBe(host);
    const origins = ['https://a.example:8443', 'http://[::1]:3000', 'chrome-extension://abcdef', 'app://localhost'];
    expect(read({ SHELLM_CORS_ORIGINS: origins.join() }).corsOrigins).toEqual(origins);
    const hosts = ['a.example', 'localhost', '10.0.0.1', '[::1]', 'my_host'];
    expect(read({ SHELLM_ALLOWED_HOSTS: hosts.join() }).allowedHosts).toEqual(hosts);
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
    ['SHELLM_HOST', 'http://127.0.0.1'],
    ['SHELLM_HOST', '[::1]'],
    ['SHELLM_HOST', '127.0.0.1:80'],
    ['SHELLM_HOST', 'not a host'],
    ['SHELLM_CORS_ORIGINS', '*'],
    ['SHELLM_CORS_ORIGINS', 'null'],
    ['SHELLM_CORS_ORIGINS', 'a.example'],
    ['SHELLM_CORS_ORIGINS', 'https://a.example/'],
    ['SHELLM_CORS_ORIGINS', 'https://b.example,https://*.a.example'],
    ['SHELLM_ALLOWED_HOSTS', '*'],
    ['SHELLM_ALLOWED_HOSTS', 'a.example:443'],
    ['SHELLM_ALLOWED_HOSTS', 'https://a.example'],
  ])('refuses %s=%s in one line that names it and does not repeat it', (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`^${name}: [^\\n]+$`));
    if (value.length > 3) expect(() => read({ [name]: value })).not.toThrow(value);
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

describe(openDataDir.name, () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'data-dir-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it('makes it, with those above it, for its owner alone', () => {
    const path = join(root, 'a/b');
    expect(openDataDir({ SHELLM_DATA_DIR: path })).toBe(path);
    for (const each of [path, join(root, 'a')]) expect(statSync(each).mode & 0o777).toBe(0o700);
    expect(openDataDir({ SHELLM_DATA_DIR: path })).toBe(path);
  });

  it('leaves a folder alone that others use too', () => {
    chmodSync(root, 0o1777);
    expect(() => openDataDir({ SHELLM_DATA_DIR: root })).toThrow(/^SHELLM_DATA_DIR: [^\n]+$/);
    expect(statSync(root).mode & 0o7777).toBe(0o1777);
    expect(() => openDataDir({ SHELLM_DATA_DIR: '/' })).toThrow(/^SHELLM_DATA_DIR: /);
  });

  it('comes to an end where no folder can be made', () => {
    writeFileSync(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file/below'), ...(process.platform === 'linux' ? ['/proc/shellm', '/proc/a/b'] : [])])
      expect(() => openDataDir({ SHELLM_DATA_DIR: path })).toThrow(/^SHELLM_DATA_DIR: [^\n]+$/);
  });
});

describe(ConfigLocation.name, () => {
  it.each(['/dev/zero', tmpdir()])('reads no %s', (path) => {
    expect(() => new ConfigLocation({ SHELLM_CONFIG: path }, tmpdir(), undefined).read()).toThrow(/^\w+: is no file$/);
  });
});

describe(refuseOwnAddress.name, () => {
  it.each(['http://localhost:6100', 'http://127.1:6100/v1', 'http://0.0.0.0:6100', 'http://0:6100', 'http://[::]:6100', 'http://[::1]:6100'])('knows %s', (url) => {
    for (const host of ['127.0.0.1', '0.0.0.0', '::', '::1'])
      expect(() => {
        refuseOwnAddress('X', url, { host, port: 6100 });
      }).toThrow(/^X: /);
    expect(() => {
      refuseOwnAddress('X', url, { host: '0.0.0.0', port: 6101 });
    }).not.toThrow();
  });
});
