import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child, type ChildOptions } from './child.js';
import { type EndReason } from './child-exit.js';
import { DiskWatch } from './disk-watch.js';
import { type Isolation } from './isolation.js';
import { type LaunchSpec } from './launch-spec.js';
import { type Launch } from './launch.js';
import { Launcher } from './launcher.js';
import { type ChildFolder, RunFolder } from './run-folder.js';
import { type RunningProgram } from './running-program.js';
import { killStrays } from './strays.js';
import { Watchdog } from './watchdog.js';
import { GatewayError } from '../kernel/gateway-error.js';

const CLOSE_MS = 5000;
/** What a gone child left behind outside its group is looked for so long after its end, and not more often. */
const SWEEP_MS = 10_000;

export interface ChildrenOptions extends ChildOptions {
  readonly sweepMs?: number;
  /** Between two looks at what is on disk. */
  readonly diskEveryMs?: number;
}

/** Every child of this gateway, whatever it is for: the one place where programs are started. */
export class Children {
  readonly #running = new Set<Child>();
  readonly #folder: RunFolder;
  readonly #launching = new Set<Promise<Child>>();
  readonly #watchdog = new Watchdog();
  /** Undefined: Node starts the programs itself. */
  readonly #launcher: Launcher | undefined;
  #sweep: NodeJS.Timeout | undefined;
  readonly #disk: DiskWatch<Child>;
  #closed = false;

  /** @param isolation by default: the gateway's own user, no limit on disk */
  constructor(
    dataDir: string,
    private readonly options: ChildrenOptions = {},
    private readonly isolation: Pick<Isolation, 'user' | 'diskQuota' | 'sandbox'> = { user: undefined, diskQuota: 0, sandbox: undefined },
  ) {
    this.#folder = new RunFolder(dataDir, isolation.user);
    // A shell cannot make itself another user.
    if (Launcher.usable() && !isolation.user) this.#launcher = new Launcher({ folder: () => this.#folder.pipes(), watchdog: this.#watchdog });
    this.#disk = new DiskWatch(isolation.diskQuota, (child) => void child.end('disk-limit', { gentle: false }), options.diskEveryMs);
  }

  get size(): number {
    return this.#running.size;
  }

  get all(): Iterable<Child> {
    return this.#running;
  }

  /** Starts a program. @throws GatewayError `provider_unavailable` where it cannot be started, `shutting_down` after `close` */
  async launch(spec: LaunchSpec): Promise<Child> {
    if (this.#closed) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    const launching = this.#launch(spec);
    this.#launching.add(launching);
    try {
      return await launching;
    } finally {
      this.#launching.delete(launching);
    }
  }

  async #launch(spec: LaunchSpec): Promise<Child> {
    const folder = this.#folder.child();
    let program: RunningProgram;
    try {
      const env = { ...spec.env, TMPDIR: folder.tmp, ...spec.prepare?.(folder) };
      folder.handOver();
      program = await this.#start({ ...this.#confined(spec, env, folder), env, cwd: folder.work });
    } catch (cause) {
      await folder.remove();
      throw launchError(spec.name, cause);
    }
    const { pid } = program;
    const child = new Child(
      program,
      spec,
      folder,
      async () => {
        this.#watchdog.release(pid);
        this.#running.delete(child);
        this.#disk.release(child);
        if (child.endReason === 'disk-limit') spec.tidy?.();
        await folder.remove();
        this.#sweepSoon();
      },
      { ...this.options, sandboxed: this.isolation.sandbox !== undefined },
    );
    this.#running.add(child);
    this.#disk.watch(child, [folder.path, ...(this.isolation.sandbox ? [this.#folder.home(spec.name)] : []), ...(spec.state ?? [])]);
    folder.record(pid);
    return child;
  }

  /** The watchdog knows it: from here on it cannot outlive us. */
  async #start(launch: Launch): Promise<RunningProgram> {
    const launched = await this.#launcher?.launch(launch);
    if (launched) return launched;
    const { command, args, env, cwd } = launch;
    const program = spawn(command, args, { cwd, env, detached: true, stdio: 'pipe', ...identity(this.isolation.user) });
    if (!hasPid(program)) throw (await once(program, 'error'))[0];
    this.#watchdog.watch(program.pid);
    return program;
  }

  #confined(spec: LaunchSpec, env: Readonly<Record<string, string>>, folder: ChildFolder): Pick<LaunchSpec, 'command' | 'args'> {
    const { sandbox } = this.isolation;
    return sandbox ? sandbox.wrap(spec, env, folder, this.#folder.home(spec.name)) : spec;
  }

  /** Ends all that run, then the watchdog. Nothing can be started any more. */
  async close(reason: EndReason): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#launching);
    const ended = Promise.all([...this.#running].map((child) => child.end(reason)));
    // A process that not even SIGKILL ends, on a dead disk, must not hold the gateway.
    await Promise.race([ended, sleep(CLOSE_MS, undefined, { ref: false })]);
    await this.#launcher?.stop();
    await this.#watchdog.stop();
    clearTimeout(this.#sweep);
    await killStrays(this.#folder.path);
    this.#folder.remove();
  }

  /** A process that left its group, a daemon say, goes when the child that started it is gone. */
  #sweepSoon(): void {
    if (this.#closed) return;
    this.#sweep ??= setTimeout(() => {
      this.#sweep = undefined;
      const lives = (below: string): boolean => [...this.#running].some(({ folder }) => isWithin(folder.tmp, join(this.#folder.path, below)));
      killStrays(this.#folder.path, lives).catch(() => undefined); // the next sweep tries again
    }, this.options.sweepMs ?? SWEEP_MS).unref();
  }
}

/** What a child starts may have a TMPDIR of its own below the child's. */
function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder + sep);
}

/** Whom a program runs as. Node takes the gateway's other groups from it. */
function identity(user: Isolation['user']): { readonly uid?: number; readonly gid?: number } {
  return user ? { uid: user.uid, gid: user.gid } : {};
}

function hasPid<T extends { readonly pid?: number | undefined }>(process: T): process is T & { readonly pid: number } {
  return process.pid !== undefined;
}

function launchError(name: string, cause: unknown): GatewayError {
  const { code } = cause as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'its program is not there' : code === 'EACCES' ? 'its program may not be run' : 'its program did not start';
  return new GatewayError('provider_unavailable', `${name} is unavailable: ${why}.`, { retryAfter: 60, shouldRetry: false, cause });
}
