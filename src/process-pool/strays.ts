import { readdir, readFile } from 'node:fs/promises';
import { sep } from 'node:path';

/**
 * The processes that were started in a folder, whatever became of who started them: those that have their TMPDIR below it, with its path from there on. Linux alone
 * shows another process's environment: elsewhere none.
 */
export async function straysIn(folder: string): Promise<{ readonly pid: number; readonly below: string }[]> {
  if (process.platform !== 'linux') return [];
  const names = await readdir('/proc').catch(() => []);
  const found = [];
  for (const pid of names.map(Number)) {
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const environment = `\0${await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')}`;
    const mark = `\0TMPDIR=${folder}${sep}`;
    const at = environment.indexOf(mark);
    if (at !== -1) found.push({ pid, below: environment.slice(at + mark.length).split('\0', 1)[0] ?? '' });
  }
  return found;
}

/**
 * Kills the {@link straysIn} a folder.
 *
 * @param spare asked at the last moment, with the TMPDIR from the folder on: whether the process is to live
 * @returns how many were killed
 */
export async function killStrays(folder: string, spare: (below: string) => boolean = () => false): Promise<number> {
  const strays = await straysIn(folder);
  return strays.filter(({ pid, below }) => !spare(below) && kill(pid)).length;
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false; // it went by itself
  }
}
