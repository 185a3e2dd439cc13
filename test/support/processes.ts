import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually.js';

/** The children of the gateway with this data folder, whoever their parent is by now: the pool gives each a TMPDIR below it. */
export function processesOf(dataDir: string): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`TMPDIR=${dataDir}`);
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
