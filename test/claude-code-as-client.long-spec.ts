import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, type Gateway } from './support/boot.js';
import { runCli } from './support/clients/run-cli.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMockOpenAI } from './support/mock-openai.mjs';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;

interface Result {
  readonly type: 'result';
  readonly subtype: string;
  readonly is_error: boolean;
  readonly result: string;
  readonly num_turns: number;
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
}

withCli('the real Claude Code as a client of the gateway', () => {
  jest.setTimeout(60_000);
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'claude-client-'));
    writeFileSync(join(home, 'secret.txt'), 'the word is xyzzy');
  });
  afterAll(() => {
    rmSync(home, { recursive: true, force: true });
  });

  /** As a user does it: the base URL, any key, a model of the gateway, also for what it runs beside the conversation. */
  async function claude(url: string, model: string, prompt: string, more: readonly string[] = []): Promise<Result> {
    const lines = await runCli({
      command: bin!,
      args: ['-p', '--model', model, '--output-format', 'json', '--no-session-persistence', ...more],
      env: {
        ...{ PATH: '/usr/bin:/bin', HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
        ...{ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: 'none', ANTHROPIC_DEFAULT_HAIKU_MODEL: model, CLAUDE_CODE_MAX_RETRIES: '0' },
      },
      cwd: home,
      input: prompt,
    });
    return lines.at(-1) as unknown as Result;
  }

  describe('before the demo agent', () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await bootGateway();
    });
    afterAll(() => gateway.close());

    it('has an answer', async () => {
      expect(await claude(gateway.url, 'demo', 'hello there')).toMatchObject({ subtype: 'success', is_error: false, result: expect.stringContaining('SheLLM demo agent') });
    });

    it('reads a file of its own when it is told to', async () => {
      const call = `[[call Read ${JSON.stringify({ file_path: join(home, 'secret.txt') })}]]`;
      const { is_error: failed, result, num_turns: turns } = await claude(gateway.url, 'demo', call);
      expect([failed, turns]).toEqual([false, 2]);
      expect(result).toContain('The function answered:');
      expect(result).toContain('xyzzy');
    });

    it('says why, where it cannot have an answer', async () => {
      await expect(claude(gateway.url, 'codex/gpt-5.5', 'hello')).rejects.toThrow(/API Error: 503 .*codex/i);
    });

    it('passes with a long system prompt and a long file', async () => {
      writeFileSync(join(home, 'long.txt'), `${'lorem ipsum dolor sit amet '.repeat(40)}\n`.repeat(60));
      const call = `[[call Read ${JSON.stringify({ file_path: join(home, 'long.txt') })}]]`;
      const { is_error: failed, result } = await claude(gateway.url, 'demo', call, ['--append-system-prompt', 'Be kind. '.repeat(5000)]);
      expect(failed).toBe(false);
      expect(result).toContain('lorem ipsum');
    });
  });

  describe.each(installedClis.filter(({ id }) => id !== 'gemini'))('before $id', ({ id, start }) => {
    let vendor: CliVendor;
    let gateway: Gateway;
    beforeAll(async () => {
      vendor = await start();
      gateway = await bootGateway({ ...vendor.environment, SHELLM_PROVIDERS: id });
    });
    afterAll(async () => {
      await gateway.close();
      await vendor.close();
    });

    it('has an answer, from one call to the vendor that offers its tools', async () => {
      const { is_error: failed, result, usage } = await claude(gateway.url, id, vendor.say('hello there', { text: 'Hello to you.', usage: { input: 321, output: 7 } }));
      expect([failed, result]).toEqual([false, 'Hello to you.']);
      expect(usage).toMatchObject({ input_tokens: 321, output_tokens: 7 });
      const calls = vendor.calls().filter(({ text }) => text.includes('hello there'));
      expect(calls).toHaveLength(1);
      for (const tool of ['Bash', 'Edit', 'Read', 'Write', 'ReportFindings']) expect(calls[0]!.text).toContain(`"${tool}"`);
    });
  });

  it('reads a file before the OpenAI API', async () => {
    const vendor = await startMockOpenAI();
    const gateway = await bootGateway({ OPENAI_API_KEY: 'sk-openai-test', OPENAI_BASE_URL: `${vendor.url}/v1` });
    try {
      const tool = { name: 'Read', arguments: { file_path: join(home, 'secret.txt') } };
      const { is_error: failed, result } = await claude(gateway.url, 'openai/gpt-5.5', `read it [[mock:${JSON.stringify({ steps: [{ tool }, { text: 'It was read.' }] })}]]`);
      expect([failed, result]).toEqual([false, 'It was read.']);
      expect(JSON.stringify(vendor.requests.at(-1)?.body)).toContain('xyzzy');
    } finally {
      await gateway.close();
      await vendor.close();
    }
  });
});
