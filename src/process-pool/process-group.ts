import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;

/** Sends a signal to every process of a group; 0 only asks. False: there is no such group any more. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    // macOS answers EPERM where all that is left of a group are zombies.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && process.platform !== 'darwin';
  }
}

/**
 * Ends what a gone leader left behind: SIGTERM, and SIGKILL after `graceMs`. Resolves when the group is empty, or a moment after SIGKILL:
 * zombies that nobody reaps count as members for ever.
 */
export async function clearGroup(group: number, graceMs: number): Promise<void> {
  if (!signalGroup(group, 'SIGTERM')) return;
  if (await emptied(group, graceMs)) return;
  signalGroup(group, 'SIGKILL');
  await emptied(group, 100);
}

async function emptied(group: number, withinMs: number): Promise<boolean> {
  // Asked often, so that a group's number is not signalled after it has gone to someone else.
  for (const until = performance.now() + withinMs; performance.now() < until;) {
    await sleep(POLL_MS, undefined, { ref: false });
    if (!signalGroup(group, 0)) return true;
  }
  return false;
}
