import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { openPipes } from './fake-cli/pool-fixture.js';
import { documentOf } from './fault-matrix/table.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { type Cell } from '../src/selftest/fault-player.js';
import { apiProviders, cliProviders, FaultyGateway } from '../src/selftest/faulty-gateway.js';
import { apiFaults, cliFaults, playedBy } from '../src/selftest/faults.js';

const page = resolve(import.meta.dirname, '../docs/fault-matrix.md');
const parts = [
  { title: 'A CLI', faults: cliFaults, providers: cliProviders },
  { title: 'An API vendor', faults: apiFaults, providers: apiProviders },
];
const boxes = parts.flatMap(({ providers, faults }) => providers.flatMap((provider) => faults.map((fault) => ({ provider, fault }))));
const played = boxes.filter(({ provider, fault }) => playedBy(provider, fault)).map(({ provider, fault: { name } }) => ({ provider, name }));

describe('every fault on every provider', () => {
  jest.setTimeout(180_000);
  let gateway: FaultyGateway;
  let cells: readonly Cell[] = [];
  const pipesBefore = openPipes().length;
  /** Of a provider and a fault, why its end was not honest. */
  const complaintsOf = (provider: string, fault: string): (string | undefined)[] =>
    cells.filter((cell) => cell.provider === provider && cell.fault === fault).map(({ stream, complaint }) => complaint && `${stream ? 'streamed' : 'JSON'}: ${complaint}`);

  beforeAll(async () => {
    gateway = await FaultyGateway.start({ requestTimeoutMs: 1500, turnMaxMs: 5000 });
  });

  it('is played', async () => {
    cells = (await Promise.all(parts.flatMap(({ providers, faults }) => providers.map((provider) => gateway.player.lane(provider, faults))))).flat();
    expect([...gateway.vendors.values()].map(({ stolen }) => stolen)).toEqual([0, 0]);
  });

  it.each(played)('$provider: $name', ({ provider, name }) => {
    expect(complaintsOf(provider, name)).toEqual([undefined, undefined]);
  });

  it('leaves no slot taken, nobody waiting, and only the processes that wait for their next turn', async () => {
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 0 && pool.capacity().queued === 0, 10_000);
    // A warm one of each but the shared ones, which are two and their successors, and four that are kept. What the faults left behind would stay for ten minutes.
    await eventually(() => processesOf(gateway.dataDir).length <= 3 + 4 + 4, 25_000);
  });

  it('is told in docs/fault-matrix.md', () => {
    const table = documentOf(parts, (provider, fault) => complaintsOf(provider, fault).every((complaint) => complaint === undefined));
    if (process.env['UPDATE_FAULT_MATRIX'] === '1') writeFileSync(page, table);
    expect(readFileSync(page, 'utf8')).toBe(table);
  });

  afterAll(async () => {
    await gateway.close();
    try {
      await eventually(() => processesOf(gateway.dataDir).length === 0);
    } finally {
      for (const pid of processesOf(gateway.dataDir)) process.kill(pid, 'SIGKILL');
      await gateway.remove();
    }
    await eventually(() => openPipes().length <= pipesBefore, 10_000);
  });
});
