import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { ClaudeCodeProvider } from './claude-code.provider.js';
import { ServerSettings } from '../../config/server-settings.js';
import { ClaudeCodeSettings } from './settings.js';
import { Flow } from '../../kernel/flow.js';
import { silentLog } from '../../observability/log.js';
import { PoolSettings } from '../../process-pool/pool-settings.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { ClientSchemas } from '../../schema-worker/client-schemas.js';
import { type Turn } from '../provider.js';
import { completionRequest } from '../../../test/support/completion-request.js';

const turn: Turn = {
  request: completionRequest([{ role: 'user', content: [{ type: 'text', text: 'hi' }] }]),
  model: 'sonnet',
  owner: 'me',
  flow: new Flow(),
  affinity: { resumeKey: undefined, keepKey: () => undefined },
};

describe('ClaudeCodeProvider', () => {
  const cleanUp: (() => Promise<void>)[] = [];

  afterEach(async () => {
    for (const clean of cleanUp.splice(0)) await clean();
  });

  /** The provider over a program that prints its version and the state of its login, and does nothing else. */
  function open(version: string | undefined, login = '{"loggedIn": true, "authMethod": "claude.ai"}', settings: Partial<ClaudeCodeSettings> = {}): ClaudeCodeProvider {
    const root = mkdtempSync(join(tmpdir(), 'claude-'));
    const bin = join(root, 'claude');
    if (version !== undefined) writeFileSync(bin, `#!/bin/sh\nif [ "$1" = auth ]; then echo '${login}'; else echo '${version}'; fi\n`, { mode: 0o755 });
    const pool = new ProcessPool(Object.assign(new PoolSettings(), { warm: 0 }), root, silentLog, new ServerSettings());
    cleanUp.push(async () => {
      await pool.drain();
      rmSync(root, { recursive: true, force: true });
    });
    return new ClaudeCodeProvider(
      pool,
      Object.assign(new ClaudeCodeSettings(), settings),
      silentLog,
      { PATH: `${root}:/usr/bin:/bin`, HOME: root },
      new ServerSettings(),
      new ClientSchemas(),
    );
  }

  const refusal = (claude: ClaudeCodeProvider): Promise<unknown> => lastValueFrom(claude.stream(turn)).catch((error: unknown) => error);

  it('is not configured where it is not installed', async () => {
    const claude = open(undefined);
    expect([claude.configured, claude.usable()]).toEqual([false, false]);
    expect(await claude.status()).toEqual({ status: 'unavailable', installed: false, authenticated: false, detail: expect.stringContaining('npm install') });
    expect(await refusal(claude)).toMatchObject({ code: 'provider_unavailable', shouldRetry: false });
  });

  it('refuses a version that it does not know how to speak to', async () => {
    const claude = open('2.1.197 (Claude Code)');
    expect(claude.configured).toBe(true);
    expect(await claude.status()).toMatchObject({ status: 'unavailable', installed: true, detail: expect.stringMatching(/2\.1\.197 is too old/) });
    expect([claude.usable(), claude.whatToDo]).toEqual([false, expect.stringContaining('too old')]);
    expect(await refusal(claude)).toMatchObject({ code: 'provider_unavailable', message: claude.whatToDo });
  });

  it('says so where the program is something else', async () => {
    const claude = open('usage: claude');
    expect(await claude.status()).toMatchObject({ status: 'unavailable', installed: true, detail: expect.stringContaining('does not start') });
    expect(await refusal(claude)).toMatchObject({ code: 'provider_unavailable' });
  });

  it('is ready with a newer version and a login', async () => {
    const claude = open('3.0.0 (Claude Code)');
    expect(await claude.status()).toEqual({ status: 'ready', installed: true, authenticated: true, auth: 'subscription' });
    expect(claude.usable()).toBe(true);
  });

  it('is not usable without a login', async () => {
    const claude = open('2.1.330 (Claude Code)', '{"loggedIn": false}');
    expect(await claude.status()).toMatchObject({ status: 'unavailable', installed: true, authenticated: false, detail: expect.stringContaining('/login') });
    expect(claude.usable()).toBe(false);
    expect(await refusal(claude)).toMatchObject({ code: 'provider_unavailable', message: expect.stringContaining('/login') });
  });

  it('serves no subscription where only keys may serve', () => {
    const claude = open('2.1.330 (Claude Code)', undefined, { subscriptions: false });
    expect([claude.usable(), claude.whatToDo]).toEqual([false, expect.stringContaining('ANTHROPIC_API_KEY')]);
  });

  it.each([
    ['gpt-4o', 'model_not_found'],
    ['sonnet', 'cli_failed'], // this program does not chat
  ])('%s: %s', async (model, code) => {
    const claude = open('2.1.330 (Claude Code)');
    expect(await lastValueFrom(claude.stream({ ...turn, model })).catch((error: unknown) => error)).toMatchObject({ code });
  });
});
