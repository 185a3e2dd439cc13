import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { signalGroup } from './process-group.js';
import { processStart, realm } from './process-identity.js';
import { removeFolder } from './run-folder.js';
import { killStrays } from './strays.js';

/** A folder of another boot or container: its processes cannot be judged from here, so only time tells. */
const FOREIGN_AGE_MS = 24 * 3_600_000;

/**
 * Ends and removes what gateways left behind that were killed: for each instance folder (see `run-folder.ts`) whose gateway is gone, the groups whose leader is still
 * the process that was recorded, what else was started there, then the folder. A gateway that lives is left alone.
 *
 * @returns how many process groups and stray processes were killed
 */
export async function reap(dataDir: string): Promise<number> {
  const run = join(dataDir, 'run');
  let killed = 0;
  for (const instance of await list(run)) {
    const path = join(run, instance);
    const [pid, start, where] = instance.split('-');
    if (where !== realm()) {
      if (await isOlderThan(path, FOREIGN_AGE_MS)) await removeFolder(path).catch(() => undefined);
    } else if (!isRunning(pid, start)) {
      killed += await killChildren(path);
      killed += await killStrays(path);
      await removeFolder(path).catch(() => undefined);
    }
  }
  return killed;
}

async function killChildren(instance: string): Promise<number> {
  let killed = 0;
  for (const child of await list(instance)) {
    const [pid, start] = (await readFile(join(instance, child, 'leader'), 'utf8').catch(() => '')).split(' ');
    if (isRunning(pid, start) && signalGroup(Number(pid), 'SIGKILL')) killed += 1;
  }
  return killed;
}

/** Only a process with both the pid and the start that were recorded is the one that was meant. */
function isRunning(pid: string | undefined, start: string | undefined): boolean {
  if (pid === undefined || start === undefined || start === '' || !/^[1-9]\d*$/.test(pid)) return false;
  return processStart(Number(pid)) === start;
}

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function isOlderThan(path: string, ms: number): Promise<boolean> {
  const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
  return Date.now() - mtimeMs > ms;
}
