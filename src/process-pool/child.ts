import { type Observable } from 'rxjs';
import { type ChildExit, type EndReason } from './child-exit.js';
import { ChildOutput } from './child-output.js';
import { type LaunchSpec, type LineWriter } from './launch-spec.js';
import { outputLimits, type OutputLimits } from './output-limits.js';
import { clearGroup, signalGroup } from './process-group.js';
import { groupMemory, residentMemory } from './resident-memory.js';
import { type ChildFolder } from './run-folder.js';
import { type RunningProgram } from './running-program.js';
import { type Flow } from '../kernel/flow.js';

export interface ChildOptions {
  /** Its leader is a sandbox, not the program. */
  readonly sandboxed?: boolean;
  readonly limits?: OutputLimits;
  /** After the program's own cancel, before SIGTERM. */
  readonly cancelGraceMs?: number;
  /** After SIGTERM, before SIGKILL. */
  readonly termGraceMs?: number;
  /** How long pipes are read on that someone outside the group holds open after the child's exit. */
  readonly drainGraceMs?: number;
  /** How long it may run on after the end of its stdout. */
  readonly muteGraceMs?: number;
}

const defaults = { sandboxed: false, limits: outputLimits, cancelGraceMs: 200, termGraceMs: 800, drainGraceMs: 500, muteGraceMs: 500 };

/** A running program that is spoken to in lines. It leads a process group of its own, which ends with it. Started by `Children.launch`. */
export class Child implements LineWriter {
  readonly pid: number;
  /** Where it works and where its TMPDIR is; both go with it. */
  readonly folder: Pick<ChildFolder, 'work' | 'tmp' | 'owner'>;
  /** Resolves when the program, its group and its folder are gone. Never rejects. */
  readonly exited: Promise<ChildExit>;
  readonly #process: RunningProgram;
  readonly #spec: LaunchSpec;
  readonly #options: Required<ChildOptions>;
  readonly #output: ChildOutput;
  readonly #startedAt = performance.now();
  /** The leader has exited. */
  #gone = false;
  #reason: EndReason | undefined;
  #ending = false;
  #mute = false;
  #killed = false;

  constructor(
    process: RunningProgram,
    spec: LaunchSpec,
    folder: Pick<ChildFolder, 'work' | 'tmp' | 'owner'>,
    /** Called once, after the whole group has ended. */
    release: () => Promise<void>,
    options: ChildOptions = {},
  ) {
    this.pid = process.pid;
    this.folder = folder;
    this.#process = process;
    this.#spec = spec;
    this.#options = { ...defaults, ...options, limits: { ...(options.limits ?? defaults.limits), ...spec.limits } };
    this.#output = new ChildOutput(spec.name, process.stdout, process.stderr, this.#options.limits, () => void this.end('output-limit', { gentle: false }));
    process.stdin.on('error', () => undefined); // EPIPE: the exit that follows says more
    process.on('error', () => undefined); // a signal that could not be sent
    process.stdout.once('end', () => {
      this.#fellMute();
    });
    process.once('exit', () => {
      this.#gone = true;
      this.#forceDrain();
    });
    process.once('close', () => {
      this.#output.finish(this.#exit());
    });
    this.exited = this.#clear(release);
  }

  /** Whose it is, in figures. */
  get group(): string {
    return this.#spec.group ?? this.#spec.name;
  }

  /** Its own {@link residentMemory}, where it can be had by reading one file: undefined in a sandbox. */
  get cheapMemory(): number | undefined {
    return this.#options.sandboxed ? undefined : residentMemory(this.pid);
  }

  /** Milliseconds since its start. */
  get ageMs(): number {
    return performance.now() - this.#startedAt;
  }

  /** Running, able to answer, and nobody has told it to end. */
  get alive(): boolean {
    return !this.#gone && !this.#mute && this.#reason === undefined;
  }

  /** Bytes of memory that it holds; 0 where the system does not tell. Not for every turn: it reads files. */
  residentMemory(): number {
    return this.#options.sandboxed ? groupMemory(this.pid) : residentMemory(this.pid);
  }

  /** Why it was told to end; undefined where nobody did. */
  get endReason(): EndReason | undefined {
    return this.#reason;
  }

  /** Writes each line and a line feed to its stdin. False: it does not keep up, or takes nothing any more; see `drained`. */
  write(...lines: readonly string[]): boolean {
    const { stdin } = this.#process;
    stdin.cork();
    const takes = lines.map((line) => stdin.writable && stdin.write(`${line}\n`));
    stdin.uncork();
    return takes.at(-1) ?? stdin.writable;
  }

  /** Resolves when its stdin takes more, or is closed. */
  drained(): Promise<void> {
    const { stdin } = this.#process;
    if (!stdin.writableNeedDrain || stdin.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        stdin.off('drain', done).off('close', done);
        resolve();
      };
      stdin.on('drain', done).on('close', done);
    });
  }

  /**
   * The lines of its stdout that begin from now on, for one subscriber at a time; unsubscribing lets the child run on, unheard. Never completes.
   * Errors, after the last line: `cli_failed` with the {@link ChildExit} as cause when the child exits, `shutting_down` when the pool ended it,
   * `output_limit_exceeded` when it says too much; it is ended then.
   */
  lines(flow: Flow): Observable<string> {
    return this.#output.lines(flow);
  }

  /** The last of its stderr, for the log. */
  stderrTail(): string {
    return this.#output.stderrTail;
  }

  /**
   * Ends it and its group: the program's own cancel, SIGTERM, SIGKILL. `gentle: false` leaves out the cancel: for a child without a turn.
   * The first reason counts; later calls only wait. Resolves as `exited` does.
   */
  end(reason: EndReason, { gentle = true }: { readonly gentle?: boolean } = {}): Promise<ChildExit> {
    this.#reason ??= reason;
    if (!this.#ending) {
      this.#ending = true;
      void this.#terminate(gentle);
    }
    return this.exited;
  }

  async #terminate(gentle: boolean): Promise<void> {
    const { cancelGraceMs, termGraceMs } = this.#options;
    if (gentle && this.#cancel() && (await this.#goneWithin(cancelGraceMs))) return;
    if (this.#gone) return;
    // Its stdin stays open: a CLI that waits for an answer takes the end of its input for one, and goes on.
    signalGroup(this.pid, 'SIGTERM');
    if (await this.#goneWithin(termGraceMs)) return;
    this.#killed = true;
    signalGroup(this.pid, 'SIGKILL');
  }

  /** Its stdout is closed: it is about to exit, or will never answer again though it runs. */
  #fellMute(): void {
    this.#mute = true;
    void this.#goneWithin(this.#options.muteGraceMs).then((gone) => {
      if (!gone) void this.end('mute', { gentle: false });
    });
  }

  #cancel(): boolean {
    if (!this.#spec.cancel || this.#gone) return false;
    try {
      this.#spec.cancel(this);
    } catch {
      return false; // the signals do not wait for a cancel that is broken
    }
    this.#process.stdin.end();
    return true;
  }

  #goneWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#gone) {
        resolve(true);
        return;
      }
      const timer = setTimeout(() => {
        resolve(false);
      }, ms).unref();
      this.#process.once('exit', () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  async #clear(release: () => Promise<void>): Promise<ChildExit> {
    await new Promise<void>((resolve) => {
      this.#process.once('exit', () => {
        resolve();
      });
    });
    await clearGroup(this.pid, this.#killed ? 0 : this.#options.termGraceMs);
    await release().catch(() => undefined); // the reaper of the next start removes what is left
    return this.#exit();
  }

  /** A process that left the group may hold the pipes for ever: they are read on until it is quiet, or for a while, then closed. */
  #forceDrain(): void {
    const { stdout, stderr } = this.#process;
    const { drainGraceMs } = this.#options;
    const exitedAt = performance.now();
    const timer = setTimeout(() => {
      if (stdout.isPaused()) {
        timer.refresh();
        return;
      }
      stdout.destroy();
      stderr.destroy();
    }, drainGraceMs).unref();
    stdout.on('data', () => {
      if (performance.now() - exitedAt < 10 * drainGraceMs) timer.refresh();
    });
    this.#process.once('close', () => {
      clearTimeout(timer);
    });
  }

  #exit(): ChildExit {
    const { exitCode, signalCode } = this.#process;
    return { exitCode, signal: signalCode, reason: this.#reason, stderrTail: this.#output.stderrTail };
  }
}
