import { createHook } from 'node:async_hooks';
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** What this process holds. */
export interface Figures {
  readonly heapMb: number;
  /** Open descriptors by kind. */
  readonly descriptors: number;
  readonly pipes: number;
  readonly sockets: number;
  readonly timers: number;
}

/** Counts the timers that are set, those too that would not keep the process alive. */
export class TimerCount {
  readonly #ids = new Set<number>();
  readonly #hook = createHook({
    init: (id, type) => {
      if (type === 'Timeout') this.#ids.add(id);
    },
    destroy: (id) => {
      this.#ids.delete(id);
    },
  });

  start(): void {
    this.#hook.enable();
  }

  stop(): void {
    this.#hook.disable();
  }

  get now(): number {
    return this.#ids.size;
  }
}

/** After the garbage is gone. */
export async function figuresOf(timers: TimerCount): Promise<Figures> {
  // Finalizers run between collections.
  for (let round = 0; round < 3; round += 1) {
    gc();
    await sleep(20);
  }
  const open = targets();
  const count = (kind: string): number => open.filter((target) => target.startsWith(kind)).length;
  return {
    heapMb: Math.round((process.memoryUsage().heapUsed / 1024 ** 2) * 10) / 10,
    descriptors: open.length,
    pipes: count('pipe:'),
    sockets: count('socket:'),
    timers: timers.now,
  };
}

function targets(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return []; // the one that lists them
    }
  });
}
