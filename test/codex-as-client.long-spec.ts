import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootGateway, type Gateway } from './support/boot.js';
import { runCli } from './support/clients/run-cli.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { findInstalledCli } from './support/installed-cli.js';
import { type MockOpenAi, startMockOpenAI } from './support/mock-openai.mjs';

const bin = findInstalledCli('codex');
const withCli = bin === undefined ? describe.skip : describe;

interface Told {
  /** What it said last. */
  readonly text: string | undefined;
  /** Types of what it did, in order. */
  readonly did: readonly string[];
  readonly usage: { readonly input_tokens: number; readonly cached_input_tokens: number; readonly output_tokens: number } | undefined;
}

withCli('the real Codex CLI as a client of the gateway', () => {
  jest.setTimeout(60_000);
  let folder: string;
  let work: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'codex-client-'));
    work = join(folder, 'work');
    mkdirSync(join(folder, 'home'));
    mkdirSync(work);
  });
  beforeEach(() => {
    writeFileSync(join(work, 'secret.txt'), 'the word is xyzzy\n');
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a user does it: a model provider of their own, with the tools that Codex always has. */
  async function codex(url: string, model: string, prompt: string): Promise<Told> {
    const provider = `model_providers.shellm={name="shellm", base_url="${url}/v1", env_key="SHELLM_KEY", wire_api="responses", request_max_retries=0, stream_max_retries=0}`;
    const lines = await runCli({
      command: bin!,
      args: ['exec', '--json', '--skip-git-repo-check', '--ephemeral', '--sandbox', 'danger-full-access', '-m', model, '-c', provider, '-c', 'model_provider="shellm"', '-'],
      env: { PATH: '/usr/bin:/bin', HOME: folder, CODEX_HOME: join(folder, 'home'), SHELLM_KEY: 'none' },
      cwd: work,
      input: prompt,
    });
    const items = lines.flatMap(({ type, item }) => (type === 'item.completed' ? (item as { type: string; text?: string }) : []));
    const { usage } = (lines.find(({ type }) => type === 'turn.completed') ?? {}) as { usage?: Told['usage'] };
    return { text: items.filter(({ type }) => type === 'agent_message').at(-1)?.text, did: items.map(({ type }) => type).filter((type) => type !== 'error'), usage };
  }

  describe('before the demo agent', () => {
    let gateway: Gateway;
    beforeAll(async () => {
      gateway = await bootGateway();
    });
    afterAll(() => gateway.close());

    it('has an answer', async () => {
      const { text, did } = await codex(gateway.url, 'demo', 'hello there');
      expect([text, did]).toEqual([expect.stringContaining('SheLLM demo agent'), ['agent_message']]);
    });

    it('runs a command of its own when it is told to', async () => {
      const { text, did } = await codex(gateway.url, 'demo', `[[call exec_command ${JSON.stringify({ cmd: 'cat secret.txt' })}]]`);
      expect(did).toEqual(['command_execution', 'agent_message']);
      expect(text).toContain('xyzzy');
    });

    it('says why, where it cannot have an answer', async () => {
      await expect(codex(gateway.url, 'claude/sonnet', 'hello')).rejects.toThrow(/503/);
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
      const { text, usage } = await codex(gateway.url, id, vendor.say('hello there', { text: 'Hello to you.', usage: { input: 321, output: 7 } }));
      expect(text).toBe('Hello to you.');
      expect(usage).toMatchObject({ input_tokens: 321, output_tokens: 7 });
      const calls = vendor.calls().filter((call) => call.text.includes('hello there'));
      expect(calls).toHaveLength(1);
      expect(calls[0]!.text).toContain('exec_command');
    });
  });

  describe('before the OpenAI API', () => {
    let vendor: MockOpenAi;
    let gateway: Gateway;
    beforeAll(async () => {
      vendor = await startMockOpenAI();
      gateway = await bootGateway({ OPENAI_API_KEY: 'sk-openai-test', OPENAI_BASE_URL: `${vendor.url}/v1` });
    });
    afterAll(async () => {
      await gateway.close();
      await vendor.close();
    });
    const asks = (...steps: object[]): string => `do it [[mock:${JSON.stringify({ steps })}]]`;

    it('changes a file by a tool that takes free text', async () => {
      const patch = '*** Begin Patch\n*** Update File: secret.txt\n@@\n-the word is xyzzy\n+the word is "plugh"\n*** End Patch\n';
      const { text, did } = await codex(gateway.url, 'gpt-5.5', asks({ tool: { name: 'apply_patch', arguments: { input: patch } } }, { text: 'It was changed.' }));
      expect([text, did]).toEqual(['It was changed.', ['file_change', 'agent_message']]);
      expect(readFileSync(join(work, 'secret.txt'), 'utf8')).toBe('the word is "plugh"\n');
      const last = vendor.requests.at(-1)!.body as unknown as { messages: { role: string; content: string; tool_calls?: { function: { name: string; arguments: string } }[] }[] };
      expect(last.messages.flatMap(({ tool_calls: calls = [] }) => calls.map(({ function: { name, arguments: json } }) => [name, JSON.parse(json) as unknown]))).toEqual([
        ['apply_patch', { input: patch }],
      ]);
      expect(last.messages.at(-1)).toMatchObject({ role: 'tool' });
    });
  });
});
