import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '../src/config/config-reader.js';
import { bootGateway, type Gateway } from './support/boot.js';

const run = promisify(execFile);
const project = resolve(import.meta.dirname, '..');
const pages = ['README.md', ...readdirSync(join(project, 'docs')).map((name) => `docs/${name}`)].filter((name) => name.endsWith('.md'));
/** What a reader of the documents may copy and run. */
const languages = /^(sh|bash|js|mjs|ts|python|yaml|toml|env)$/;

interface Example {
  readonly language: string;
  readonly text: string;
  /** Why it is not run: `<!-- not run: … -->` in the line before. */
  readonly reason: string | undefined;
}

function examplesOf(page: string): Example[] {
  const found = readFileSync(join(project, page), 'utf8').matchAll(/(?:^<!-- not run: ([^\n]+) -->\n)?^```(\w+)\n(.*?)^```$/gms);
  return [...found].map(([, reason, language = '', text = '']) => ({ reason, language, text })).filter(({ language }) => languages.test(language));
}

/** The vendor of the examples that name OpenAI. */
const answer = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
};

describe('the examples of the documents', () => {
  let gateway: Gateway;
  let vendor: Server;
  let folder: string;
  beforeAll(async () => {
    vendor = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(answer)));
    await new Promise<void>((listening) => void vendor.listen(0, '127.0.0.1', listening));
    folder = mkdtempSync(join(tmpdir(), 'examples-'));
    symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
    const fake = (name: string): string => join(project, `selftest/fake-${name}.mjs`);
    gateway = await bootGateway({
      SHELLM_PROVIDERS: 'demo,claude,gemini,codex,openai',
      ...{ SHELLM_CLAUDE_BIN: fake('claude'), SHELLM_GEMINI_BIN: fake('gemini'), SHELLM_CODEX_BIN: fake('codex') },
      ...{ ANTHROPIC_API_KEY: 'k', GEMINI_API_KEY: 'k', CODEX_API_KEY: 'k', OPENAI_API_KEY: 'k' },
      OPENAI_BASE_URL: `http://127.0.0.1:${(vendor.address() as AddressInfo).port}/v1`,
    });
  });
  afterAll(async () => {
    await gateway.close();
    vendor.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const here = (text: string): string => text.replaceAll('http://127.0.0.1:6100', gateway.url);

  it('are there', () => {
    expect(pages.flatMap(examplesOf).filter(({ reason }) => reason === undefined).length).toBeGreaterThan(20);
    expect(pages.flatMap(examplesOf).filter(({ language, reason }) => !/^(sh|js|yaml)$/.test(language) && reason === undefined)).toEqual([]);
  });

  // What stands on one page is one script: an example may go on from the one before.
  it.each(pages.filter((page) => examplesOf(page).some(({ language, reason }) => language === 'sh' && reason === undefined)))('of the shell run: %s', async (page) => {
    const commands = examplesOf(page).filter(({ language, reason }) => language === 'sh' && reason === undefined);
    const script = ['set -eo pipefail', 'curl() { command curl --fail-with-body --no-progress-meter --max-time 15 "$@"; }', ...commands.map(({ text }) => here(text))].join('\n');
    await run('bash', ['-c', script], { cwd: folder, env: { ...process.env, npm_config_offline: 'true' } });
    expect(script).not.toMatch(/<(the|its|id|your)\b/);
  });

  it.each(pages.filter((page) => examplesOf(page).some(({ language, reason }) => language === 'js' && reason === undefined)))('in JavaScript run: %s', async (page) => {
    for (const { text } of examplesOf(page).filter(({ language, reason }) => language === 'js' && reason === undefined)) {
      const file = join(folder, 'example.mjs');
      writeFileSync(file, here(text));
      const { stdout } = await run(process.execPath, [file], { cwd: folder });
      expect(stdout).not.toBe('');
    }
  });

  it('of the configuration file are what the gateway reads', () => {
    for (const page of pages) for (const { text } of examplesOf(page).filter(({ language, reason }) => language === 'yaml' && reason === undefined)) readConfig(text, page);
  });
});
