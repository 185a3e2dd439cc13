import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';

/** The children of the gateway with this data folder, whoever their parent is by now: the pool gives each a TMPDIR below it. */
export function processesOf(dataDir: string, variable = ''): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
        return environment.includes(`TMPDIR=${dataDir}`) && environment.includes(variable);
      } catch {
        return false; // it is gone
      }
    });
}

/** Kills the children of the gateway with this data folder, and waits until it has heard of it. */
export async function killProcessesOf(dataDir: string): Promise<void> {
  const running = processesOf(dataDir);
  for (const pid of running) process.kill(pid, 'SIGKILL');
  await eventually(() => !processesOf(dataDir).some((pid) => running.includes(pid)));
  // The gateway hears of it a moment later.
  await sleep(500);
}

export interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  /** Separated by NUL, as in /proc. */
  readonly argv: string;
  readonly environment: string;
}

/** What the kernel tells of every process, and what it says of those that come from one. */
export function runningProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const read = (file: string): string => readFileSync(`/proc/${name}/${file}`, 'latin1');
        const parent = Number(/^PPid:\s*(\d+)/m.exec(read('status'))?.[1]);
        return [{ pid: Number(name), parent, argv: read('cmdline'), environment: read('environ') }];
      } catch {
        return []; // it is gone, or another user's
      }
    });
}

/** Its children, theirs, and so on. */
export function descendantsOf(pid: number): RunningProcess[] {
  const all = runningProcesses();
  const found = new Set([pid]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const each of all) if (found.has(each.parent)) found.add(each.pid);
  }
  return all.filter((each) => each.pid !== pid && found.has(each.pid));
}
