import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CodexHome } from './codex-home.js';

describe(CodexHome.name, () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'codex-home-'));
    mkdirSync(join(root, 'user/.codex'), { recursive: true });
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const made = (userHome: string | undefined, home: string | undefined = join(root, 'user')): CodexHome => {
    const codex = new CodexHome(root, userHome, home);
    codex.make(true);
    return codex;
  };
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  const link = (): string => join(root, 'codex/auth.json');

  it.each<[string, string | undefined, string | undefined, string]>([
    ["the user's home", undefined, '/home/u', '/home/u/.codex'],
    ['his CODEX_HOME', '/srv/codex', '/home/u', '/srv/codex'],
    ['a CODEX_HOME that is empty', '', '/home/u', '/home/u/.codex'],
    ['a CODEX_HOME that is relative', 'some/where', '/home/u', resolve('some/where')],
    ['no HOME', undefined, '', join(homedir(), '.codex')],
  ])('has the login of %s', (_, userHome, home, expected) => {
    made(userHome, home);
    expect(readlinkSync(link())).toBe(join(expected, 'auth.json'));
  });

  it('is for nobody else to read, even where it was there before', () => {
    mkdirSync(join(root, 'codex'));
    chmodSync(join(root, 'codex'), 0o755);
    const codex = made(undefined);
    codex.writeCatalogue('{"models":[]}');
    expect([modeOf(codex.path), modeOf(codex.catalogue)]).toEqual([0o700, 0o600]);
  });

  it('holds nothing but the login and the catalogue, of which the last one counts', () => {
    writeFileSync(join(root, 'user/.codex/config.toml'), 'x');
    const codex = made(undefined);
    codex.writeCatalogue('long, long ago');
    codex.writeCatalogue('now');
    expect([readdirSync(codex.path).toSorted(), readFileSync(codex.catalogue, 'utf8')]).toEqual([['auth.json', 'catalogue.json'], 'now']);
  });

  it('keeps its link, and makes another where CODEX_HOME has changed', () => {
    writeFileSync(join(root, 'user/.codex/auth.json'), 'one');
    expect(made(undefined).login()).toBe('one');
    expect(made(undefined).login()).toBe('one');
    mkdirSync(join(root, 'other'));
    writeFileSync(join(root, 'other/auth.json'), 'two');
    expect(made(join(root, 'other')).login()).toBe('two');
    expect([readlinkSync(link()), readFileSync(link(), 'utf8')]).toEqual([join(root, 'other/auth.json'), 'two']);
    expect(readFileSync(join(root, 'user/.codex/auth.json'), 'utf8')).toBe('one');
  });

  it('puts the link where a copy of a login lies', () => {
    mkdirSync(join(root, 'codex'));
    writeFileSync(link(), 'a copy');
    made(undefined);
    expect(readlinkSync(link())).toBe(join(root, 'user/.codex/auth.json'));
  });

  it('writes through the link, and finds a login that is made later', () => {
    const codex = made(undefined);
    expect([codex.login(), existsSync(link())]).toEqual([undefined, false]);
    writeFileSync(link(), 'renewed');
    expect([codex.login(), readFileSync(join(root, 'user/.codex/auth.json'), 'utf8')]).toEqual(['renewed', 'renewed']);
  });

  it('loses the log of old once it is large, and on demand whatever else the program makes', () => {
    const codex = made(undefined);
    codex.writeCatalogue('now');
    const has = (): string[] => readdirSync(codex.path).toSorted();
    for (const name of ['logs_2.sqlite', 'logs_2.sqlite-wal', 'state_5.sqlite']) writeFileSync(join(codex.path, name), 'x');
    codex.trimLogs();
    expect(has()).toEqual(['auth.json', 'catalogue.json', 'logs_2.sqlite', 'logs_2.sqlite-wal', 'state_5.sqlite']);
    truncateSync(join(codex.path, 'logs_2.sqlite-wal'), 40 * 1024 ** 2);
    codex.trimLogs();
    expect(has()).toEqual(['auth.json', 'catalogue.json', 'state_5.sqlite']);
    mkdirSync(join(codex.path, 'skills/deep'), { recursive: true });
    codex.tidy();
    expect(has()).toEqual(['auth.json', 'catalogue.json']);
  });

  it('has no login where a key is billed, and none that it had before', () => {
    made(undefined).make(false);
    expect(existsSync(link())).toBe(false);
    expect(readdirSync(join(root, 'codex'))).toEqual([]);
  });
});
