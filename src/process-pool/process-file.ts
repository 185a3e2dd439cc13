import { constants, copyFileSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { processStart, realm } from './process-identity.js';

/** One process for good, and what it says of itself. */
export type ProcessRecord<T> = T & { readonly pid: number; readonly start: string; readonly realm: string };

/**
 * Writes down in a file that this process is the one: of several that try, one gets it. What a process left behind that is gone, or that ran in another boot or
 * container, counts for nothing.
 *
 * @returns the living process that has the file already; undefined: it is this one's now
 */
export function claimFile<T>(path: string, details: T): ProcessRecord<T> | undefined {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, `${JSON.stringify({ pid: process.pid, start: processStart(process.pid), realm: realm(), ...details })}\n`, { mode: 0o600 });
  try {
    for (let tries = 0; tries < 20; tries++) {
      if (appears(own, path)) return undefined;
      const holder = readFile<T>(path);
      if (holder) return holder;
      setAside(path);
    }
    throw new Error(`what a process that is gone left in ${path} cannot be removed`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Who has the file; undefined where nobody has who lives. */
export function readFile<T>(path: string): ProcessRecord<T> | undefined {
  const record = parse<T>(path);
  return record && isAlive(record) ? record : undefined;
}

/** Gives back what {@link claimFile} took; nothing where another process has it. */
export function releaseFile(path: string): void {
  const record = parse(path);
  if (record?.pid === process.pid && isAlive(record)) rmSync(path, { force: true });
}

/** Whether a process still is the one that wrote the record. */
export function isAlive({ pid, start, realm: where }: ProcessRecord<unknown>): boolean {
  return where === realm() && processStart(pid) === start;
}

/** A file that appears is whole: it was written before. False: there is one. */
function appears(own: string, path: string): boolean {
  try {
    linkSync(own, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // A file system without links.
  copyFileSync(own, path, constants.COPYFILE_EXCL);
  return true;
}

/** Somebody may have put a living one there since it was looked at: that one goes back. */
function setAside(path: string): void {
  const aside = `${path}.${process.pid}.old`;
  try {
    renameSync(path, aside);
  } catch {
    return; // another process was faster
  }
  if (readFile(aside)) appears(aside, path);
  rmSync(aside, { force: true });
}

function parse<T>(path: string): ProcessRecord<T> | undefined {
  try {
    const record = JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord<T>;
    return Number.isSafeInteger(record.pid) && record.pid > 0 && typeof record.start === 'string' ? record : undefined;
  } catch {
    return undefined; // there is none, or it is none of ours
  }
}
