import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { bootGateway, call } from './support/boot.js';
import { installedClis } from './support/cli-vendors.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const TURNS = 500;
const AT_ONCE = 4;
/** Shared processes are replaced in between, and two may be there for a moment; the warm and the kept ones of Claude are five. */
const MAX_PROCESSES = 6;

interface Figures {
  readonly processes: number;
  readonly residentMb: number;
  readonly threads: number;
  readonly descriptors: number;
  readonly files: number;
}

function statusOf(pid: number, field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0);
  } catch {
    return 0; // it is gone
  }
}

/** Of all the CLI's processes, and the descriptors of the gateway's own. */
function figuresOf(dataDir: string): Figures {
  const pids = processesOf(dataDir);
  const sum = (field: string): number => pids.reduce((total, pid) => total + statusOf(pid, field), 0);
  return {
    processes: pids.length,
    residentMb: Math.round(sum('VmRSS') / 1024),
    threads: sum('Threads'),
    descriptors: readdirSync('/proc/self/fd').length,
    files: readdirSync(dataDir, { recursive: true }).length,
  };
}

describe.each(installedClis)('$id over 500 turns', ({ id, start }) => {
  it('leaves no process, thread, descriptor or file behind', async () => {
    const vendor = await start();
    const gateway = await bootGateway({
      ...vendor.environment,
      SHELLM_PROVIDERS: id,
      SHELLM_MAX_CONCURRENT: String(AT_ONCE),
      SHELLM_QUEUE_TIMEOUT_MS: '120000',
      SHELLM_REQUEST_TIMEOUT_MS: '120000',
    });
    const ask = (content: string, leaveAfterMs?: number): Promise<number> =>
      leaveAfterMs === undefined
        ? call(`${gateway.url}/v1/chat/completions`, { body: { model: id, fallback: false, messages: [{ role: 'user', content }] } }).then(({ status }) => status)
        : fetch(`${gateway.url}/v1/chat/completions`, {
            method: 'POST',
            signal: AbortSignal.timeout(leaveAfterMs),
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ model: id, messages: [{ role: 'user', content }] }),
          }).then(
            ({ status }) => status,
            () => 0,
          );
    const statuses = new Map<number, number>();
    const seen: Figures[] = [];
    for (let turn = 0; turn < TURNS; turn += AT_ONCE) {
      const told = await Promise.all(
        Array.from({ length: AT_ONCE }, (_, index) => {
          const number = turn + index;
          if (number % 25 === 7) return ask(vendor.say(`leave ${number}`, { words: 200, intervalMs: 50 }), 300);
          return ask(vendor.say(`turn ${number}`, { text: `answer ${number}` }));
        }),
      );
      for (const status of told) statuses.set(status, (statuses.get(status) ?? 0) + 1);
      vendor.forget();
      if (turn % 100 === 0) seen.push(figuresOf(gateway.dataDir));
    }
    await eventually(() => gateway.app.get(ProcessPool).capacity().active === 0, 10_000);
    await new Promise((settled) => setTimeout(settled, 3000));
    seen.push(figuresOf(gateway.dataDir));
    process.stderr.write(`${id}: ${JSON.stringify(Object.fromEntries(statuses))}\n${seen.map((figures) => `  ${JSON.stringify(figures)}`).join('\n')}\n`);
    await gateway.close();
    await vendor.close();
    expect(Object.fromEntries(statuses)).toEqual({ 0: 20, 200: TURNS - 20 });
    const [first, last] = [seen[1]!, seen.at(-1)!];
    expect(last.processes).toBeLessThanOrEqual(MAX_PROCESSES);
    expect(last.descriptors).toBeLessThanOrEqual(first.descriptors + 20);
    expect(last.files).toBeLessThanOrEqual(first.files + 60);
    expect(last.threads).toBeLessThanOrEqual(first.threads * 2 + 20);
    expect(processesOf(gateway.dataDir)).toEqual([]);
  }, 600_000);
});
