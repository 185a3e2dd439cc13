import { type ChildProcess, spawn } from 'node:child_process';
import { type Socket } from 'node:net';
import { type Writable } from 'node:stream';

/** Reads `+ group` and `- group`; at the end of its input it kills the groups that are still listed. */
const script = `
trap '' HUP INT TERM
groups=' '
while read -r operation group; do
  case $operation in
    +) case $groups in *" $group "*) ;; *) groups="$groups$group " ;; esac ;;
    -) case $groups in *" $group "*) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;; esac ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
`;

const RESPAWN_MS = 1000;

/**
 * Outlives the gateway by a moment: a shell in a session of its own that kills all listed process groups when its stdin ends, as it does
 * however the gateway dies. (Claude Code finishes its turn after its own stdin has ended, so the end of pipes is not enough.)
 */
export class Watchdog {
  readonly #groups = new Set<number>();
  #shell: ChildProcess | undefined;
  #stopped = false;

  /** The watchdog's pid while it runs. */
  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** The end of its input, by which a program of the gateway's may tell it of groups: `+ group`, a line each. */
  open(): Writable | undefined {
    this.#start();
    return this.#shell?.stdin ?? undefined;
  }

  /**
   * From here on the group dies with the gateway. Told before this returns.
   *
   * @param told the pid of the watchdog that knows of it already
   */
  watch(group: number, told?: number): void {
    this.#groups.add(group);
    if (!this.#shell) this.#start();
    else if (told !== this.pid) this.#tell(`+ ${group}`);
  }

  release(group: number): void {
    if (this.#groups.delete(group)) this.#tell(`- ${group}`);
  }

  /** Lets it go. Groups still watched are killed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const shell = this.#shell;
    if (!shell) return;
    const exited = new Promise((resolve) => shell.once('exit', resolve));
    shell.ref();
    shell.stdin?.end();
    await exited;
  }

  #start(): void {
    if (this.#stopped || this.#shell) return;
    const startedAt = performance.now();
    const shell: ChildProcess = spawn('/bin/sh', ['-c', script], { cwd: '/', env: {}, detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    const lost = (): void => {
      if (this.#shell !== shell) return;
      this.#shell = undefined;
      if (this.#groups.size === 0) return; // the next group brings the next watchdog
      const delay = performance.now() - startedAt < RESPAWN_MS ? RESPAWN_MS : 0;
      setTimeout(() => {
        this.#start();
      }, delay).unref();
    };
    shell.once('error', lost).once('exit', lost);
    shell.stdin?.on('error', () => undefined); // the exit that follows says it
    this.#shell = shell;
    // It must not keep a gateway alive that has nothing else to do.
    shell.unref();
    (shell.stdin as Socket | null)?.unref();
    for (const group of this.#groups) this.#tell(`+ ${group}`);
  }

  #tell(line: string): void {
    const stdin = this.#shell?.stdin;
    if (stdin?.writable === true) stdin.write(`${line}\n`);
  }
}
