import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { homeIn, makeHome, stateIn } from './gemini-home.js';
import { leanSettings } from './lean-settings.js';
import { loginFiles } from './login.js';

describe(makeHome.name, () => {
  let folder: string;
  let tmp: string;
  let work: string;
  let userFolder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    tmp = join(folder, 'run/tmp');
    work = join(folder, 'run/work');
    mkdirSync(work, { recursive: true });
    userFolder = join(folder, 'user/.gemini');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const mode = (file: string): number => statSync(file).mode & 0o777;

  it("leads the CLI to a home with the gateway's settings and its one system prompt", () => {
    const settings = leanSettings('vertex-ai');
    expect(makeHome({ work, tmp }, settings, userFolder)).toEqual({ GEMINI_CLI_HOME: homeIn(tmp), GEMINI_SYSTEM_MD: join(homeIn(tmp), 'system.md') });
    expect(JSON.parse(readFileSync(join(stateIn(tmp), 'settings.json'), 'utf8'))).toEqual(settings);
    expect(readFileSync(join(homeIn(tmp), 'system.md'), 'utf8')).toContain('system instructions');
  });

  it("is nobody else's to read", () => {
    makeHome({ work, tmp }, {}, userFolder);
    expect([stateIn(tmp), homeIn(tmp)].map(mode)).toEqual([0o700, 0o700]);
    expect([join(stateIn(tmp), 'settings.json'), join(homeIn(tmp), 'system.md')].map(mode)).toEqual([0o600, 0o600]);
  });

  it("has nothing of the user's but his login", () => {
    mkdirSync(join(userFolder, 'extensions'), { recursive: true });
    for (const name of ['GEMINI.md', 'settings.json', 'oauth_creds.json', '.env']) writeFileSync(join(userFolder, name), `CANARY of ${name}`);
    makeHome({ work, tmp }, {}, userFolder);
    expect(readdirSync(stateIn(tmp)).sort()).toEqual([...loginFiles, 'settings.json'].sort());
    expect(readFileSync(join(stateIn(tmp), 'settings.json'), 'utf8')).toBe('{}');
    expect(readFileSync(join(stateIn(tmp), 'oauth_creds.json'), 'utf8')).toBe('CANARY of oauth_creds.json');
  });

  it('ends the search for variables before it comes to the user, and leaves the work folder empty', () => {
    makeHome({ work, tmp }, {}, userFolder);
    expect([readFileSync(join(folder, 'run/.gemini/.env'), 'utf8'), readdirSync(join(folder, 'run/.gemini')), readdirSync(work)]).toEqual(['', ['.env'], []]);
  });

  it('has the login that comes later, and renews it in place', () => {
    makeHome({ work, tmp }, {}, userFolder);
    const link = join(stateIn(tmp), 'oauth_creds.json');
    expect(() => readFileSync(link)).toThrow('ENOENT');
    mkdirSync(userFolder, { recursive: true });
    writeFileSync(join(userFolder, 'oauth_creds.json'), 'old');
    expect(readFileSync(link, 'utf8')).toBe('old');
    writeFileSync(link, 'renewed');
    expect([lstatSync(link).isSymbolicLink(), readFileSync(join(userFolder, 'oauth_creds.json'), 'utf8')]).toEqual([true, 'renewed']);
    expect(loginFiles.map((name) => readlinkSync(join(stateIn(tmp), name)))).toEqual(loginFiles.map((name) => join(userFolder, name)));
  });
});
