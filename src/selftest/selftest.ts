import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cell } from './fault-player.js';
import { apiFaults, cliFaults, type Fault } from './faults.js';
import { cliProviders, FaultyGateway } from './faulty-gateway.js';
import { ProcessPool } from '../process-pool/process-pool.js';
import { straysIn } from '../process-pool/strays.js';

/** The short form: one fault of each kind. What outlives its turn comes last. */
const SHORT = {
  cli: [
    'none',
    'exit-first',
    'killed-mid-line',
    'no-end',
    'stall',
    'stubborn',
    'stdout-closed',
    'endless-line',
    'stderr-flood',
    'escapee',
    'garbage',
    'split-utf8',
    'refuses',
    'limited',
  ],
  api: ['none', 'refused', 'reset', 'stall', 'half-event', 'wrong-type', 'redirect', 'endless', 'status-500', 'status-429'],
};
const REQUEST_TIMEOUT_MS = 1500;
/** How long what was ended may take to be gone. */
const SETTLE_MS = 5000;

/** The faults that were played on providers of one kind. */
export interface Played {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly providers: readonly string[];
}

/** What was there when nothing had to be. */
export interface Leftovers {
  readonly slots: number;
  readonly processes: number;
  readonly files: number;
}

export interface SelftestResult {
  readonly parts: readonly Played[];
  readonly cells: readonly Cell[];
  readonly left: Leftovers;
  readonly durationMs: number;
}

export interface SelftestOptions {
  /** Programs to play in place of those in the package. */
  readonly fakes?: string | undefined;
  /** Ends it: everything that was started is ended before it rejects. */
  readonly signal: AbortSignal;
}

/** Plays the short form of the fault matrix on a gateway of its own, with nothing of the machine's logins. @throws the signal's reason */
export async function runSelftest({ fakes, signal }: SelftestOptions): Promise<SelftestResult> {
  const began = performance.now();
  const parts: Played[] = [
    { title: 'a CLI', faults: named(cliFaults, SHORT.cli), providers: cliProviders },
    { title: 'an API vendor', faults: named(apiFaults, SHORT.api), providers: ['openai'] },
  ];
  const gateway = await FaultyGateway.start({ requestTimeoutMs: REQUEST_TIMEOUT_MS, turnMaxMs: 4 * REQUEST_TIMEOUT_MS, signal, ...(fakes !== undefined && { fakes }) });
  try {
    const lanes = parts.flatMap(({ faults, providers }) => providers.map((provider) => gateway.player.lane(provider, faults)));
    // All of them, so that none is left on its own while the gateway closes.
    const played = await Promise.allSettled(lanes);
    signal.throwIfAborted();
    const cells = played.flatMap((lane) => {
      if (lane.status === 'rejected') throw lane.reason;
      return lane.value;
    });
    const slots = await settled(() => Promise.resolve(slotsOf(gateway)));
    await gateway.close();
    const left = { slots, ...(await leftIn(gateway.dataDir)) };
    return { parts, cells, left, durationMs: Math.round(performance.now() - began) };
  } finally {
    await gateway.close();
    await gateway.remove();
  }
}

function named(faults: readonly Fault[], names: readonly string[]): Fault[] {
  return faults.filter(({ name }) => names.includes(name));
}

function slotsOf({ app }: FaultyGateway): number {
  const { active, queued } = app.get(ProcessPool).capacity();
  return active + queued;
}

async function leftIn(dataDir: string): Promise<Omit<Leftovers, 'slots'>> {
  const processes = await settled(async () => (await straysIn(dataDir)).length);
  const files = (await readdir(join(dataDir, 'run')).catch(() => [])).length;
  return { processes, files };
}

/** Counts until nothing is left, or for a while. */
async function settled(count: () => Promise<number>): Promise<number> {
  for (const until = performance.now() + SETTLE_MS; ;) {
    const left = await count();
    if (left === 0 || performance.now() > until) return left;
    await sleep(50);
  }
}
