import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { giveAway, type Owner } from './owned-files.js';
import { processStart, realm } from './process-identity.js';

const PRIVATE = 0o700;
const PASSAGE = 0o711;
const PIPES = 'pipes';
/** Until then it is the watchdog alone that knows a child, and its TMPDIR that tells of it: most turns are over by then. */
const RECORD_MS = 1000;

/** What one child has on disk. */
export interface ChildFolder {
  readonly path: string;
  /** Whose it is, where that is another user than the gateway's. */
  readonly owner: Owner | undefined;
  /** Its work folder: empty, and named after nothing. */
  readonly work: string;
  readonly tmp: string;
  /** Gives what was made in it to its owner, before its program starts. */
  handOver(): void;
  /** Notes who lives here, for the reaper, where he lives for longer. */
  record(pid: number): void;
  remove(): Promise<void>;
}

/**
 * What this gateway's children have on disk: `<data folder>/run/<instance>/<number>/{leader,work,tmp}`. The instance's name says whose it is, so that
 * there is no moment in which a folder belongs to nobody; see `reaper.ts`.
 */
export class RunFolder {
  readonly path: string;
  readonly #homes = new Set<string>();
  #pipes = false;
  #children = 0;

  constructor(
    dataDir: string,
    private readonly owner?: Owner,
  ) {
    this.path = join(dataDir, 'run', instanceName());
  }

  child(): ChildFolder {
    const path = join(this.path, String(++this.#children));
    const work = join(path, 'work');
    const tmp = join(path, 'tmp');
    const leader = join(path, 'leader');
    const { owner } = this;
    let recording: NodeJS.Timeout | undefined;
    let recorded = false;
    // Its owner has to get through to his own.
    mkdirSync(path, { recursive: true, mode: owner ? PASSAGE : PRIVATE });
    mkdirSync(work, { mode: PRIVATE });
    mkdirSync(tmp, { mode: PRIVATE });
    return {
      path,
      owner,
      work,
      tmp,
      handOver: () => {
        if (owner) for (const entry of readdirSync(path)) giveAway(join(path, entry), owner);
      },
      record: (pid) => {
        recording = setTimeout(() => {
          recorded = true;
          try {
            writeFileSync(leader, `${pid} ${processStart(pid) ?? ''}`, { mode: 0o600 });
          } catch {
            // A full disk: the watchdog knows the child all the same.
          }
        }, RECORD_MS).unref();
      },
      remove: async () => {
        clearTimeout(recording);
        // From here on no other program of its owner's can change what is under our hands.
        if (owner) chmodSync(path, PRIVATE);
        if (!(await removeEmpty(path, [work, tmp], recorded ? leader : undefined))) await removeFolder(path);
      },
    };
  }

  /** What stands in for their user's home where a program's processes run in a sandbox: they share it, since a lock over their login lies there. */
  home(program: string): string {
    const path = join(this.path, 'home', program.toLowerCase().replace(/[^a-z0-9]+/g, '-'));
    if (this.#homes.has(path)) return path;
    mkdirSync(path, { recursive: true, mode: this.owner ? PASSAGE : PRIVATE });
    if (this.owner) giveAway(path, this.owner);
    this.#homes.add(path);
    return path;
  }

  /** Where the launcher's pipes are, as long as they have names. */
  pipes(): string {
    const path = join(this.path, PIPES);
    if (!this.#pipes) mkdirSync(path, { recursive: true, mode: PRIVATE });
    this.#pipes = true;
    return path;
  }

  /** For the end, when no child is left. */
  remove(): void {
    try {
      for (const name of ['home', PIPES]) rmSync(join(this.path, name), { recursive: true, force: true });
      rmdirSync(this.path);
    } catch {
      // Never made, or not empty: the reaper of the next start looks again.
    }
  }
}

/** What most children leave is done in a third of the steps that a look into each folder takes. False: something is in them. */
async function removeEmpty(path: string, folders: readonly string[], file: string | undefined): Promise<boolean> {
  try {
    if (file !== undefined) await unlink(file);
    await Promise.all(folders.map((folder) => rmdir(folder)));
    await rmdir(path);
    return true;
  } catch {
    return false;
  }
}

/** A program that is about to die may still write. */
export async function removeFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function instanceName(): string {
  return [process.pid, processStart(process.pid) ?? '0', realm(), randomBytes(3).toString('hex')].join('-');
}
