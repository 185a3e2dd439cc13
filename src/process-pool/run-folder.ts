import { randomBytes } from 'node:crypto';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { processStart, realm } from './process-identity.js';

const PRIVATE = 0o700;

/** What one child has on disk. */
export interface ChildFolder {
  /** Its work folder: empty, and named after nothing. */
  readonly work: string;
  readonly tmp: string;
  /** Notes who lives here, for the reaper. */
  record(pid: number): void;
  remove(): Promise<void>;
}

/**
 * What this gateway's children have on disk: `<data folder>/run/<instance>/<number>/{leader,work,tmp}`. The instance's name says whose it is, so that
 * there is no moment in which a folder belongs to nobody; see `reaper.ts`.
 */
export class RunFolder {
  readonly path: string;
  #children = 0;

  constructor(dataDir: string) {
    this.path = join(dataDir, 'run', instanceName());
  }

  child(): ChildFolder {
    const path = join(this.path, String(++this.#children));
    const work = join(path, 'work');
    const tmp = join(path, 'tmp');
    mkdirSync(work, { recursive: true, mode: PRIVATE });
    mkdirSync(tmp, { mode: PRIVATE });
    return {
      work,
      tmp,
      record: (pid) => {
        try {
          writeFileSync(join(path, 'leader'), `${pid} ${processStart(pid) ?? ''}`, { mode: 0o600 });
        } catch {
          // A full disk: the watchdog knows the child all the same.
        }
      },
      remove: () => removeFolder(path),
    };
  }

  /** For the end, when no child is left. */
  remove(): void {
    try {
      rmdirSync(this.path);
    } catch {
      // Never made, or not empty: the reaper of the next start looks again.
    }
  }
}

/** A program that is about to die may still write. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function instanceName(): string {
  return [process.pid, processStart(process.pid) ?? '0', realm(), randomBytes(3).toString('hex')].join('-');
}
