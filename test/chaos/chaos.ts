import { readdirSync, readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { type Figures, figuresOf, TimerCount } from './figures.js';
import { endOf } from './judge.js';
import { Random } from './random.js';
import { wildRequest, type WildRequest } from './wild-request.js';
import { eventually } from '../support/eventually.js';
import { processesOf } from '../support/processes.js';
import { ProcessPool } from '../../src/process-pool/process-pool.js';
import { FaultyGateway } from '../../src/selftest/faulty-gateway.js';

/** A warm one of each of three, and two that serve many. */
const KEPT = 6;

export interface ChaosOptions {
  readonly requests: number;
  readonly atOnce: number;
  readonly seed: number;
  /** The share of requests that nothing goes wrong with. */
  readonly calm: number;
  readonly requestTimeoutMs: number;
  /** Whether it stops at each quarter until all is quiet, to look at what is held: half a minute in all. */
  readonly measure: boolean;
}

export interface ChaosReport {
  /** How many ended how: `answer`, a code, or `left` for a client that did not hear the end. */
  readonly ends: Readonly<Record<string, number>>;
  /** Answers that were neither whole nor an error of the table. */
  readonly lies: readonly string[];
  /** Before the gateway, at four points with nothing under way, and after its end. */
  readonly before: Figures;
  readonly quarters: readonly (Figures & { readonly processes: number; readonly files: number })[];
  readonly after: Figures;
  /** Turn slots before its end; after it: processes that were started, folders of children, what keeps the event loop going that did not before. */
  readonly left: { readonly slots: number; readonly processes: number; readonly files: readonly string[]; readonly resources: readonly string[] };
}

/** Sends random requests to a gateway all of whose providers misbehave, and looks for what they left behind. */
export async function playChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { requests, atOnce, seed, requestTimeoutMs } = options;
  const random = new Random(seed);
  const timers = new TimerCount();
  timers.start();
  const atFirst = { figures: await figuresOf(timers), resources: process.getActiveResourcesInfo() };
  try {
    const environment = { SHELLM_MAX_CONCURRENT: '8', SHELLM_QUEUE_DEPTH: '100', SHELLM_LIVE_TTL_MS: '3000' };
    const gateway = await FaultyGateway.start({ requestTimeoutMs, turnMaxMs: 4 * requestTimeoutMs, environment });
    const ends: Record<string, number> = {};
    const lies: string[] = [];
    const quarters: Quarter[] = [];
    let sent = 0;
    const client = async (until: number): Promise<void> => {
      while (sent < until) {
        sent += 1;
        const wild = wildRequest(random, options.calm);
        gateway.forgetFailures();
        const end = await outcomeOf(gateway, wild).catch((error: unknown) => {
          lies.push(`${wild.provider} ${wild.fault}: ${String(error)}`);
          return 'lie';
        });
        ends[end] = (ends[end] ?? 0) + 1;
      }
    };
    for (const quarter of [1, 2, 3, 4]) {
      await Promise.all(Array.from({ length: atOnce }, () => client(Math.floor((requests * quarter) / 4))));
      if (options.measure) quarters.push(await quarterly(gateway, timers));
    }
    const { active, queued } = await idle(gateway);
    await gateway.close();
    await eventually(() => processesOf(gateway.dataDir).length === 0, 3000).catch(() => undefined);
    const processes = processesOf(gateway.dataDir);
    for (const pid of processes) process.kill(pid, 'SIGKILL');
    const files = readdirSync(join(gateway.dataDir, 'run'));
    await gateway.remove();
    let resources: readonly string[] = [];
    // The limit of a question that nobody asks any more runs out by itself, in ten seconds at most.
    await eventually(() => (resources = newOf(atFirst.resources, process.getActiveResourcesInfo())).length === 0, 12_000).catch(() => undefined);
    return {
      ends: Object.fromEntries(Object.entries(ends).sort()),
      lies,
      before: atFirst.figures,
      quarters,
      after: await figuresOf(timers),
      left: { slots: active + queued, processes: processes.length, files, resources },
    };
  } finally {
    timers.stop();
  }
}

type Quarter = ChaosReport['quarters'][number];

/** With nothing under way: what is kept for a next turn goes after three seconds, what left its group after ten. */
async function quarterly(gateway: FaultyGateway, timers: TimerCount): Promise<Quarter> {
  await idle(gateway);
  await eventually(() => processesOf(gateway.dataDir).length <= KEPT, 30_000).catch(() => undefined);
  const processes = processesOf(gateway.dataDir);
  const quarter = { ...(await figuresOf(timers)), processes: processes.length, files: readdirSync(gateway.dataDir, { recursive: true }).length };
  process.stderr.write(`${JSON.stringify(quarter)}\n`);
  if (processes.length > KEPT) process.stderr.write(processes.map((pid) => `  ${pid} ${commandOf(pid)}\n`).join(''));
  return quarter;
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').slice(0, 150);
  } catch {
    return 'gone';
  }
}

/** Slots come back a moment after the answers' ends. */
async function idle({ app }: FaultyGateway): Promise<{ readonly active: number; readonly queued: number }> {
  const pool = app.get(ProcessPool);
  await eventually(() => pool.capacity().active + pool.capacity().queued === 0, 20_000).catch(() => undefined);
  return pool.capacity();
}

function newOf(before: readonly string[], now: readonly string[]): string[] {
  const rest = [...now];
  for (const resource of before) {
    const at = rest.indexOf(resource);
    if (at !== -1) rest.splice(at, 1);
  }
  return rest;
}

/** Over a connection of its own, which is gone with the request: a client's keep-alive would hide a leak of the server's. */
function outcomeOf({ url, key }: FaultyGateway, { path, body, api, stream, leaves }: WildRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}`, connection: 'close' };
    const request = httpRequest(`${url}${path}`, { method: 'POST', headers, agent: false });
    let timer: NodeJS.Timeout | undefined;
    const leave = (): void => {
      clearTimeout(timer);
      request.destroy();
      resolve('left');
    };
    if (leaves && 'afterMs' in leaves) timer = setTimeout(leave, leaves.afterMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.on('response', (response) => {
      const pieces: Buffer[] = [];
      if (leaves && 'afterPieces' in leaves && leaves.afterPieces === 0) leave();
      response.on('error', () => undefined); // of one that was left
      response.on('data', (piece: Buffer) => {
        pieces.push(piece);
        if (leaves && 'afterPieces' in leaves && pieces.length === leaves.afterPieces) leave();
      });
      response.on('end', () => {
        clearTimeout(timer);
        try {
          resolve(endOf(api, stream, { status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    request.end(JSON.stringify(body));
  });
}
