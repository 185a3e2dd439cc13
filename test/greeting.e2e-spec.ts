import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './support/eventually.js';
import { endOfShellm, runShellm, startShellm } from './support/run-shellm.js';

describe('the server on a terminal', () => {
  jest.setTimeout(30_000);
  let folder: string;
  let server: ChildProcess | undefined;
  let told: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'greeting-'));
  });
  afterEach(async () => {
    await runShellm(['stop', '--force'], { folder });
    rmSync(folder, { recursive: true });
  });
  const serve = (args: string[], env: Record<string, string> = {}): void => {
    told = '';
    server = startShellm(args, { folder, env: { SHELLM_PORT: '0', NO_COLOR: '1', ...env }, terminal: true });
    server.stdout?.on('data', (piece: Buffer) => (told += piece.toString().replaceAll('\r', '')));
  };

  it('greets, with what mends what is missing and a request that works; its log is for people', async () => {
    serve([]);
    await eventually(() => told.includes('Try it'), 15_000);
    expect(told).toMatch(/SheLLM \d\S+ is listening at http:\/\/127\.0\.0\.1:\d+\n\n/);
    expect(told).toMatch(/– claude .*`npm install -g @anthropic-ai\/claude-code/);
    expect(told).toMatch(/– cerebras .*Set CEREBRAS_API_KEY/);
    expect(told).toMatch(/Everybody on this machine may ask, without a key.*shellm keys create/);
    const [, url, body] = /curl (\S+) -H "Content-Type: application\/json" -d '(.*)'/.exec(told) ?? [];
    const answer = await fetch(url!, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body! });
    expect(answer.status).toBe(200);
    await eventually(() => /^\d\d:\d\d:\d\d INFO {2}POST \/v1\/chat\/completions 200 \d+ ms .*demo\/demo/m.test(told));
    const ended = endOfShellm(server!);
    await runShellm(['stop'], { folder });
    expect((await ended).code).toBe(0);
    expect(told).toMatch(/^\d\d:\d\d:\d\d INFO {2}shutting down signal=SIGTERM$/m);
  });

  it('is shorter later, and says that it asks for keys', async () => {
    const key = 'sk-of-the-app-on-a-terminal';
    const env = { SHELLM_CLIENTS: JSON.stringify({ app: { key } }), OPENAI_API_KEY: 'sk-of-the-vendor', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', SHELLM_PROVIDERS: 'openai,demo' };
    serve([], env);
    await eventually(() => told.includes('A key is needed: there is 1 of SHELLM_CLIENTS.'), 15_000);
    expect(told).toMatch(/✗ openai .*cannot be reached/);
    expect(told).not.toMatch(new RegExp(`claude|${key}|${env.OPENAI_API_KEY}`));
  });

  it('keeps its log as JSON where that is asked for', async () => {
    serve(['serve', '--json'], { SHELLM_PROVIDERS: 'demo' });
    await eventually(() => told.includes('"msg":"SheLLM is listening"}\n'), 15_000);
    expect(() =>
      told
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).not.toThrow();
  });
});
