import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fakeAgents } from './fake-cli/acp-agents.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { type CliVendor, installedClis } from './support/cli-vendors.js';
import { eventually } from './support/eventually.js';
import { processesOf, runningProcesses } from './support/processes.js';
import { ConfigFile } from '../src/config/config-file.js';
import { Sandbox } from '../src/process-pool/sandbox.js';

let why = '';
const works = Sandbox.open('auto', undefined, (problem) => (why = problem)) !== undefined;
if (!works) process.stderr.write(`SKIPPED: the specs of SHELLM_SANDBOX over HTTP; ${why}.\n`);

const fake = (name: string): string => resolve(import.meta.dirname, `../selftest/fake-${name}.mjs`);
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
const ask = (gateway: Gateway, model: string, content: string, more: object = {}): ReturnType<typeof call> =>
  call(`${gateway.url}/v1/chat/completions`, { body: { model, messages: [{ role: 'user', content }], fallback: false, ...more } });
/** The programs that run within it, by their command lines. */
const insiders = ({ dataDir }: Gateway): string[] => runningProcesses().flatMap(({ environment, argv }) => (environment.includes(`TMPDIR=${dataDir}`) ? [argv] : []));

(works ? describe : describe.skip)('SHELLM_SANDBOX=on', () => {
  jest.setTimeout(60_000);

  it.each(['demo', 'claude', 'gemini', 'codex'])('%s, a fake one, answers, and nothing is left', async (id) => {
    const gateway = await bootGateway({
      PATH,
      SHELLM_SANDBOX: 'on',
      SHELLM_PROVIDERS: id,
      [`SHELLM_${id.toUpperCase()}_BIN`]: fake(id),
      ANTHROPIC_API_KEY: 'k',
      GEMINI_API_KEY: 'k',
      CODEX_API_KEY: 'k',
    });
    const { status, body } = await ask(gateway, id, 'hi');
    expect([status, status === 200 ? '' : body]).toEqual([200, '']);
    await eventually(() => insiders(gateway).some((argv) => argv.includes('bwrap')));
    await gateway.close();
    await eventually(() => processesOf(gateway.dataDir).length === 0);
  });

  it('an agent that is not trusted serves in it, to keys that name it', async () => {
    const gateway = await bootGateway({ PATH, SHELLM_SANDBOX: 'on', SHELLM_CLIENTS: JSON.stringify({ a: { key: 'key-of-an-agent-user', models: ['acp/*'] } }) });
    gateway.app.get(ConfigFile).adopt(fakeAgents({ agent: { trusted: false } }));
    const { status } = await call(`${gateway.url}/v1/chat/completions`, {
      headers: { authorization: 'Bearer key-of-an-agent-user' },
      body: { model: 'acp/agent', messages: [{ role: 'user', content: 'hi' }] },
    });
    await gateway.close();
    expect(status).toBe(200);
  });
});

(works && installedClis.length > 0 ? describe : describe.skip)('the real CLIs in the sandbox', () => {
  jest.setTimeout(90_000);
  let vendors: readonly CliVendor[];
  let gateway: Gateway;
  let home: string;
  beforeAll(async () => {
    vendors = await Promise.all(installedClis.map(({ start }) => start()));
    home = mkdtempSync(join(tmpdir(), 'home-'));
    chmodSync(home, 0o755);
    gateway = await bootGateway({
      ...Object.assign({}, ...vendors.map(({ environment }) => environment)),
      PATH,
      HOME: home,
      SHELLM_SANDBOX: 'on',
      SHELLM_PROVIDERS: installedClis.map(({ id }) => id).join(','),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await eventually(() => processesOf(gateway.dataDir).length === 0);
    await Promise.all(vendors.map((vendor) => vendor.close()));
    rmSync(home, { recursive: true });
  });

  it.each(installedClis.map(({ id }, index) => ({ id, index })))('$id answers, and goes on', async ({ id, index }) => {
    const vendor = vendors[index]!;
    const first = { role: 'user', content: vendor.say('one', { text: 'the first answer' }) };
    const { status, body } = await ask(gateway, id, first.content);
    expect([status, body.choices?.[0]?.message.content ?? body]).toEqual([200, 'the first answer']);
    const second = { role: 'user', content: vendor.say('two', { text: 'the second answer' }) };
    const next = await ask(gateway, id, '', { messages: [first, { role: 'assistant', content: 'the first answer' }, second] });
    expect([next.status, next.body.choices?.[0]?.message.content ?? next.body]).toEqual([200, 'the second answer']);
    expect(insiders(gateway).some((argv) => argv.includes('bwrap') && argv.includes(id))).toBe(true);
  });
});
