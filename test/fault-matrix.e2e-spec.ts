import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AgentHarness, keys } from './fake-cli/acp-agents.js';
import { openPipes } from './fake-cli/pool-fixture.js';
import { apiFaults, cliFaults, type Fault } from './fault-matrix/faults.js';
import { dishonesty } from './fault-matrix/outcome.js';
import { documentOf } from './fault-matrix/table.js';
import { startFaultyVendor } from './fault-matrix/vendor.js';
import { call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { type MockVendor } from './support/mock-vendor.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const page = resolve(import.meta.dirname, '../docs/fault-matrix.md');
const fake = (name: string): string => resolve(import.meta.dirname, `fake-cli/fake-${name}.mjs`);

const [none] = cliFaults as [Fault];

const parts = [
  { title: 'A CLI', faults: cliFaults, providers: ['claude', 'codex', 'gemini', 'acp/fake'] },
  { title: 'An API vendor', faults: apiFaults, providers: ['openai', 'cerebras'] },
];

describe('every fault on every provider', () => {
  jest.setTimeout(180_000);
  let vendor: MockVendor;
  let gateway: Gateway;
  const pipesBefore = openPipes().length;
  /** Of a provider and a fault, why its end was not honest; empty where it was. */
  const complaints = new Map<string, string[]>();

  beforeAll(async () => {
    vendor = await startFaultyVendor();
    const harness = await AgentHarness.start(
      { fake: {} },
      {
        environment: {
          PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
          SHELLM_CLAUDE_BIN: fake('claude'),
          SHELLM_CODEX_BIN: fake('codex'),
          SHELLM_GEMINI_BIN: fake('gemini'),
          CODEX_API_KEY: 'sk-codex-key',
          GEMINI_API_KEY: 'gemini-key',
          OPENAI_BASE_URL: `${vendor.url}/v1`,
          CEREBRAS_BASE_URL: `${vendor.url}/v1`,
          CEREBRAS_API_KEY: 'sk-cerebras-key',
          SHELLM_CLIENTS: JSON.stringify({ all: { key: keys.all, models: ['*', 'acp/fake/*'] } }),
          SHELLM_REQUEST_TIMEOUT_MS: '2000',
          SHELLM_TURN_MAX_MS: '6000',
        },
      },
    );
    gateway = harness.gateway;
  });

  const ask = (model: string, fault: string, stream: boolean): ReturnType<typeof call> =>
    call(`${gateway.url}/v1/chat/completions`, {
      body: { model, stream, fallback: false, messages: [{ role: 'user', content: `[[fault ${fault}]]` }] },
      headers: { authorization: `Bearer ${keys.all}` },
    });

  /** After any fault the provider serves again: a process that is still on its way out must not get the next turn. More than one try is for a machine that is busy. */
  async function recovers(model: string): Promise<string | undefined> {
    let reason: string | undefined;
    for (let tries = 0; tries < 5; tries += 1) {
      forgetFailures(gateway);
      reason = dishonesty(none, await ask(model, 'none', false), false);
      if (reason === undefined) return undefined;
    }
    return `it did not recover: ${reason}`;
  }

  async function play(provider: string, fault: Fault): Promise<void> {
    const model = { openai: 'openai/gpt-mock', cerebras: 'cerebras/gpt-mock' }[provider] ?? provider;
    const found: string[] = [];
    for (const stream of [false, true]) {
      const lost = fault.lasting === true ? undefined : await recovers(model);
      if (lost !== undefined) found.push(lost);
      forgetFailures(gateway);
      const reason = dishonesty(fault, await ask(model, fault.name, stream), stream);
      if (reason !== undefined) found.push(`${stream ? 'streamed' : 'JSON'}: ${reason}`);
    }
    complaints.set(`${provider} ${fault.name}`, found);
  }

  // A provider's faults come one after the other: they may share a process.
  it('is played', async () => {
    const lane = async (provider: string, faults: readonly Fault[]): Promise<void> => {
      for (const fault of faults) await play(provider, fault);
    };
    await Promise.all(parts.flatMap(({ providers, faults }) => providers.map((provider) => lane(provider, faults))));
    expect(vendor.requests.filter(({ path }) => path.includes('stolen'))).toEqual([]);
  });

  it.each(parts.flatMap(({ providers, faults }) => providers.flatMap((provider) => faults.map(({ name }) => ({ provider, name })))))('$provider: $name', ({ provider, name }) => {
    expect(complaints.get(`${provider} ${name}`)).toEqual([]);
  });

  it('leaves no slot taken, nobody waiting, and only the processes that wait for their next turn', async () => {
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 0 && pool.capacity().queued === 0, 10_000);
    // Claude's warm one and its kept ones, one each of the others; a shared one may be on its way out.
    await eventually(() => processesOf(gateway.dataDir).length <= 5 + 2 + 2 + 2, 25_000);
  });

  it('is told in docs/fault-matrix.md', () => {
    const table = documentOf(parts, (provider, fault) => complaints.get(`${provider} ${fault}`)?.length === 0);
    if (process.env['UPDATE_FAULT_MATRIX'] === '1') writeFileSync(page, table);
    expect(readFileSync(page, 'utf8')).toBe(table);
  });

  afterAll(async () => {
    await gateway.close();
    await vendor.close();
    await eventually(() => processesOf(gateway.dataDir).length === 0, 25_000);
    await eventually(() => openPipes().length <= pipesBefore, 10_000);
  });
});
