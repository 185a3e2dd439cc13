import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Child } from '../../src/process-pool/child.js';
import { type LaunchSpec } from '../../src/process-pool/launch-spec.js';
import { Flow } from '../../src/kernel/flow.js';

const path = process.env['PATH'] ?? '/usr/bin:/bin';

/** The fixture program `test/fake-cli/pool-<name>`: `.mjs` by Node, `.sh` by the shell. */
export function program(name: string, ...args: string[]): LaunchSpec {
  const file = fileURLToPath(new URL(`./pool-${name}`, import.meta.url));
  return { name: 'Fake CLI', command: name.endsWith('.mjs') ? process.execPath : '/bin/sh', args: [file, ...args], env: { PATH: path } };
}

/** A program of the system's own. */
export function command(name: string, ...args: string[]): LaunchSpec {
  return { name: 'Fake CLI', command: name, args, env: { PATH: path } };
}

export interface Heard {
  readonly lines: string[];
  readonly error: unknown;
}

/** Everything that a child says until it ends. */
export function hearAll(child: Child): Promise<Heard> {
  const lines: string[] = [];
  return new Promise((resolve) => {
    child.lines(new Flow()).subscribe({
      next: (line) => lines.push(line),
      error: (error: unknown) => {
        resolve({ lines, error });
      },
    });
  });
}

/** Its next line. */
export function nextLine(child: Child): Promise<string> {
  return new Promise((resolve, reject) => {
    const subscription = child.lines(new Flow()).subscribe({
      next: (line) => {
        subscription.unsubscribe();
        resolve(line);
      },
      error: reject,
    });
  });
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until it holds; false after ten seconds. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (const until = Date.now() + 10_000; Date.now() < until;) {
    if (holds()) return true;
    await sleep(10);
  }
  return holds();
}

/** The children of a process, zombies too; Linux alone. */
export function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      } catch {
        return false;
      }
    });
}

/** What this process's descriptors point at, pipes (the launcher's, with names, too) and sockets only; empty where the system does not say. */
export function openPipes(): string[] {
  if (process.platform !== 'linux') return [];
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return targets.filter((target) => /^(?:pipe|socket):|\/pipes\/\d+\./.test(target));
}

export async function withDataDir<T>(use: (dataDir: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'pool-'));
  try {
    return await use(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
