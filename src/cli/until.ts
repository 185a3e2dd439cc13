import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 50;

/**
 * Looks at something again and again, at once and then every few milliseconds, until there is something to see.
 *
 * @param look gets how long it has been, in milliseconds
 * @returns what it saw; undefined: nothing within the time
 */
export async function until<T>(withinMs: number, look: (passedMs: number) => T | undefined): Promise<T | undefined> {
  const began = performance.now();
  for (;;) {
    const passed = performance.now() - began;
    const seen = look(passed);
    if (seen !== undefined || passed > withinMs) return seen;
    await sleep(EVERY_MS);
  }
}
