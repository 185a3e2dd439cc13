import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authTypeOf, type AuthType, hasCredentials, loginFiles } from './login.js';

describe('the login', () => {
  it.each<[Record<string, string>, AuthType, boolean]>([
    [{}, 'oauth-personal', false],
    [{ GEMINI_API_KEY: 'k' }, 'gemini-api-key', true],
    [{ GEMINI_API_KEY: '' }, 'oauth-personal', false],
    [{ GEMINI_API_KEY: 'k', GOOGLE_GENAI_USE_VERTEXAI: 'true' }, 'gemini-api-key', true],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true' }, 'vertex-ai', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'false' }, 'oauth-personal', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: '1', GOOGLE_API_KEY: 'k' }, 'vertex-ai', true],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_API_KEY: '' }, 'vertex-ai', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_CLOUD_PROJECT: 'p' }, 'vertex-ai', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'l' }, 'vertex-ai', true],
    [{ GOOGLE_API_KEY: 'k' }, 'oauth-personal', false],
    [{ GOOGLE_CLOUD_ACCESS_TOKEN: 't' }, 'oauth-personal', true],
    [{ GOOGLE_CLOUD_ACCESS_TOKEN: '' }, 'oauth-personal', false],
  ])('%j', (env, type, has) => {
    expect([authTypeOf(env), hasCredentials(type, env, '/nowhere')]).toEqual([type, has]);
  });

  describe('in files of the user', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    it.each([
      ['oauth_creds.json', true],
      ['gemini-credentials.json', true],
      ['google_accounts.json', false], // it names the account, and no more
      ['settings.json', false],
    ])('%s: %s', (name, has) => {
      const userFolder = join(folder, name);
      mkdirSync(userFolder);
      expect(hasCredentials('oauth-personal', {}, userFolder)).toBe(false);
      writeFileSync(join(userFolder, name), '{}');
      expect(hasCredentials('oauth-personal', {}, userFolder)).toBe(has);
      expect(hasCredentials('vertex-ai', {}, userFolder)).toBe(false);
    });

    it('are all among those that a process is given', () => {
      expect(loginFiles).toEqual(expect.arrayContaining(['oauth_creds.json', 'gemini-credentials.json', 'google_accounts.json']));
    });
  });
});
