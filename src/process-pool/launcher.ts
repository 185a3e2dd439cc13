import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { type Socket } from 'node:net';
import { join } from 'node:path';
import { type Readable, type Writable } from 'node:stream';
import { isLaunchable, type Launch } from './launch.js';
import { LaunchedProgram } from './launched-program.js';
import { launcherScript, makeLine, PLACES, reapLine, runLine } from './launcher-script.js';
import { locate } from './locate.js';
import { NamedPipes } from './named-pipes.js';
import { signalGroup } from './process-group.js';
import { processStart } from './process-identity.js';
import { type Watchdog } from './watchdog.js';

export interface LauncherOptions {
  /** Where pipes are made. */
  readonly folder: () => string;
  /** Knows of a program before it runs. */
  readonly watchdog: Watchdog;
  /** The shell, a program and its arguments: any that POSIX knows. */
  readonly shell?: readonly [string, ...string[]];
  /** How long the shell may take to start a program. */
  readonly startMs?: number;
  /** Between two looks for programs whose end nobody told. */
  readonly lookMs?: number;
}

/** Pipes are made for so many programs at a time, since making them takes a program. */
const BATCH = 16;

/** The shell is told of programs that are gone with the next that it starts, else in a while. */
const LEAVE_MS = 1000;

type Shell = ChildProcessByStdio<Writable, Readable, null>;

interface Starting {
  readonly pipes: NamedPipes;
  resolve(program: LaunchedProgram): void;
  reject(error: Error): void;
}

/**
 * A shell that starts programs for the gateway. Node forks itself for each program (libuv does, on Linux), which copies the page tables of all its memory while everything
 * stands still; a shell has next to none: see docs/decisions/0022. Programs talk to the gateway by named pipes, whose names are gone when both ends are open. Where the
 * shell is killed, the programs that it started live on, and their ends are still told; the next launch brings the next shell.
 */
export class Launcher {
  readonly #starting = new Map<number, Starting>();
  readonly #running = new Map<number, LaunchedProgram>();
  readonly #command: readonly [string, ...string[]];
  readonly #startMs: number;
  readonly #lookMs: number;
  #shell: Shell | undefined;
  /** Whom the shell tells of what it starts. */
  #watchdogPid: number | undefined;
  #lastId = 0;
  /** Up to here there are pipes. */
  #made = 0;
  #making: PromiseWithResolvers<void> | undefined;
  /** What the shell is told when it is told the next. */
  #leaves = '';
  #leaving: NodeJS.Timeout | undefined;
  #looks: NodeJS.Timeout | undefined;
  /** Whose process was not there at the last look. */
  #missing: ReadonlySet<number> = new Set();

  constructor(private readonly options: LauncherOptions) {
    this.#command = options.shell ?? ['/bin/sh'];
    this.#startMs = options.startMs ?? 10_000;
    this.#lookMs = options.lookMs ?? 5000;
  }

  /** Whether it is of use here: elsewhere than on Linux a start copies no memory, or what the shell needs is not there. */
  static usable(places = PLACES): boolean {
    return process.platform === 'linux' && ['sh', 'setsid', 'mkfifo'].every((name) => locate(name, places) !== undefined);
  }

  /**
   * Runs a program, which leads a group of its own. The watchdog knows it.
   *
   * @returns undefined where it cannot, whyever: Node can, or says what is wrong
   */
  async launch(launch: Launch): Promise<LaunchedProgram | undefined> {
    if (!isLaunchable(launch)) return undefined;
    const stuck = setTimeout(() => {
      this.#abandon();
    }, this.#startMs).unref();
    try {
      return await this.#run(launch);
    } catch {
      return undefined;
    } finally {
      clearTimeout(stuck);
    }
  }

  /** Lets the shell go. What it started is the caller's to end. */
  async stop(): Promise<void> {
    clearInterval(this.#looks);
    this.#left();
    const shell = this.#shell;
    if (!shell) return;
    const exited = new Promise((resolve) => shell.once('exit', resolve));
    const stuck = setTimeout(() => shell.kill('SIGKILL'), this.#startMs).unref();
    shell.ref();
    shell.stdin.end();
    await exited;
    clearTimeout(stuck);
  }

  async #run(launch: Launch): Promise<LaunchedProgram> {
    const id = ++this.#lastId;
    while (this.#made < id) await this.#make();
    if (this.#made - id < BATCH / 2) void this.#make().catch(() => undefined); // who needs them tries again
    const folder = this.options.folder();
    const pipes = new NamedPipes(join(folder, String(id)));
    const { promise, resolve, reject } = Promise.withResolvers<LaunchedProgram>();
    this.#starting.set(id, { pipes, resolve, reject });
    try {
      this.#tell(runLine({ ...launch, id, folder }));
    } catch (error) {
      this.#fail(id, error as Error);
    }
    return promise;
  }

  #make(): Promise<void> {
    if (!this.#making) {
      this.#tell(makeLine(this.options.folder(), this.#made + 1, this.#made + BATCH));
      this.#making = Promise.withResolvers();
      this.#hold();
    }
    return this.#making.promise;
  }

  #tell(line: string): void {
    if (this.#watchdogPid !== this.options.watchdog.pid) this.#leave();
    this.#shell ??= this.#open();
    this.#shell.stdin.write(line + this.#leaves);
    this.#left();
    this.#hold();
  }

  #left(): void {
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#leaves = '';
  }

  #open(): Shell {
    const input = this.options.watchdog.open();
    const told = (this.#watchdogPid = this.options.watchdog.pid);
    // Without an environment, so that what it starts has none of ours.
    const [program, ...args] = this.#command;
    const shell = spawn(program, args, { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'pipe', 'ignore', input] }) as Shell;
    const lost = (): void => {
      if (this.#shell === shell) this.#abandon();
    };
    shell.once('error', lost).once('exit', lost);
    shell.stdin.on('error', () => undefined); // the exit that follows says it
    let rest = '';
    shell.stdout.setEncoding('latin1').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(line, shell, told);
      this.#hold();
    });
    shell.stdin.write(launcherScript(this.#command));
    shell.unref();
    (shell.stdin as Socket).unref();
    return shell;
  }

  /** It does not know the watchdog that there is now. What it started it tells of on. */
  #leave(): void {
    const shell = this.#shell;
    this.#shell = undefined;
    this.#left();
    (shell?.stdout as Socket | undefined)?.ref();
    shell?.stdin.end();
  }

  /** It is gone, or as good as gone. A program that started all the same is killed as soon as it is told of. */
  #abandon(): void {
    const shell = this.#shell;
    this.#shell = undefined;
    this.#left();
    shell?.kill('SIGKILL');
    (shell?.stdout as Socket | undefined)?.unref();
    const error = new Error('the launcher is gone');
    this.#giveUpMaking(error);
    for (const id of this.#starting.keys()) this.#fail(id, error);
  }

  /** The gateway lives while it waits for word of a program, and not for the shell alone. */
  #hold(): void {
    const stdout = this.#shell?.stdout as Socket | undefined;
    if (this.#starting.size > 0 || this.#running.size > 0 || this.#making) stdout?.ref();
    else stdout?.unref();
  }

  /** @param told the watchdog that the shell tells of what it starts */
  #hear(line: string, shell: Shell, told: number | undefined): void {
    const [what, first, second] = line.split(' ');
    const number = Number(first);
    if (what === 'started') this.#started(number, Number(second), told);
    else if (what === 'exited') this.#exited(number, Number(second), shell);
    else if (what === 'made') this.#pipesMade(number);
    else if (what === 'unmade') this.#giveUpMaking(new Error('no pipes can be made'));
  }

  #started(id: number, pid: number, told: number | undefined): void {
    const { watchdog } = this.options;
    const starting = this.#starting.get(id);
    this.#starting.delete(id);
    watchdog.watch(pid, told);
    try {
      if (!starting) throw new Error('nobody waits for it any more');
      const program = new LaunchedProgram(pid, starting.pipes.connect());
      this.#running.set(id, program);
      this.#looks ??= setInterval(() => {
        this.#look();
      }, this.#lookMs).unref();
      starting.resolve(program);
    } catch (error) {
      signalGroup(pid, 'SIGKILL');
      watchdog.release(pid);
      starting?.reject(error as Error);
    }
  }

  #exited(id: number, status: number, shell: Shell): void {
    if (shell === this.#shell) {
      this.#leaves += reapLine(id);
      this.#leaving ??= setTimeout(() => {
        if (shell.stdin.writable) shell.stdin.write(this.#leaves);
        this.#left();
      }, LEAVE_MS).unref();
    }
    const program = this.#running.get(id);
    this.#running.delete(id);
    // Not before who launched it can listen: both lines may come at once.
    if (program) {
      setImmediate(() => {
        program.exited(status);
      });
    } else this.#fail(id, new Error(`the shell ended with status ${status}`)); // it could not get as far as the program
  }

  /** Nobody tells the end of a program where the shell that waited for it was killed: it is gone where it was gone at the last look too. */
  #look(): void {
    const missing = [...this.#running].filter(([, { pid }]) => processStart(pid) === undefined);
    for (const [id, program] of missing) {
      if (!this.#missing.has(id)) continue;
      this.#running.delete(id);
      program.exited(undefined);
    }
    this.#missing = new Set(missing.map(([id]) => id));
    this.#hold();
    if (this.#running.size > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }

  #fail(id: number, error: Error): void {
    const starting = this.#starting.get(id);
    this.#starting.delete(id);
    starting?.pipes.close();
    starting?.reject(error);
  }

  #pipesMade(last: number): void {
    this.#made = last;
    this.#making?.resolve();
    this.#making = undefined;
  }

  /** Some may be there: their numbers are passed over. */
  #giveUpMaking(error: Error): void {
    if (!this.#making) return;
    this.#lastId = this.#made = Math.max(this.#lastId, this.#made + BATCH);
    this.#making.reject(error);
    this.#making = undefined;
  }
}
