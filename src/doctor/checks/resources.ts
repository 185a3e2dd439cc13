import { availableMemory } from 'node:process';
import { type Check } from '../check.js';
import { type Finding, note, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';
import { PoolSettings } from '../../process-pool/pool-settings.js';

/** Of the gateway itself. */
const OWN_MB = 200;
/** What a process of a CLI takes, as measured with the tested versions: Claude Code one a conversation, the others one for all. Megabytes. */
const EXCLUSIVE_MB = 180;
const SHARED_MB: Readonly<Record<string, number>> = { codex: 250, gemini: 260 };
/** Pipes to a process, and what watches over it. */
const FILES_PER_PROCESS = 8;
/** Sockets of clients and vendors, the database, modules. */
const OWN_FILES = 512;

/** Whether all processes that may be there at once find room. */
export const memory: Check = {
  id: 'memory',
  title: 'memory',
  group: 'this machine',
  look: async (machine) => judgeMemory(await needs(machine), availableMemory() / 1024 ** 2),
};

export const openFiles: Check = {
  id: 'open-files',
  title: 'open files',
  group: 'this machine',
  look: async (machine) => {
    const limit = /^Max open files\s+(\S+)/m.exec(machine.read('/proc/self/limits') ?? '')?.[1];
    if (limit === undefined) return undefined;
    return judgeFiles(await needs(machine), limit === 'unlimited' ? Infinity : Number(limit));
  },
};

interface Needs {
  readonly processes: number;
  readonly megabytes: number;
}

/** At most, with the CLIs that are here. */
async function needs(machine: Machine): Promise<Needs> {
  const { maxConcurrent, warm, liveMax } = machine.settings(PoolSettings);
  const installed = await machine.installed;
  const found = 'problem' in installed ? [] : installed.providers.filter(({ kind, status }) => kind === 'cli' && status?.installed === true).map(({ id }) => id);
  const shared = found.filter((id) => id in SHARED_MB);
  const exclusive = found.length === shared.length ? 0 : maxConcurrent + liveMax + warm * (found.length - shared.length);
  // A shared one has a successor beside it for a while.
  const megabytes = OWN_MB + exclusive * EXCLUSIVE_MB + shared.reduce((sum, id) => sum + 2 * (SHARED_MB[id] ?? 0), 0);
  return { processes: exclusive + 2 * shared.length, megabytes };
}

export function judgeMemory({ processes, megabytes }: Needs, available: number): Finding {
  const detail = `up to ${processes} processes of the CLIs need about ${megabytes} MB; ${Math.floor(available)} MB are free`;
  if (available >= megabytes) return ok(detail);
  return warning(detail, 'lower SHELLM_MAX_CONCURRENT, SHELLM_LIVE_MAX or SHELLM_WARM, or give the machine more memory');
}

export function judgeFiles({ processes }: Needs, limit: number): Finding {
  const needed = OWN_FILES + processes * FILES_PER_PROCESS;
  if (limit >= needed) return ok(limit === Infinity ? 'as many as are wanted' : `${limit} at most, about ${needed} are needed`);
  return limit < 256
    ? warning(`${limit} at most, about ${needed} are needed: requests fail once they are used up`, `ulimit -n ${Math.max(4096, needed)} (systemd: LimitNOFILE=65536)`)
    : note(`${limit} at most; with many clients at once about ${needed} are needed`, `ulimit -n ${Math.max(4096, needed)} (systemd: LimitNOFILE=65536)`);
}
