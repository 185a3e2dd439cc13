import { type Client, scopes } from './client.js';
import { type Passes } from './pass.js';

/** How long one is good for: it is made for one command. Milliseconds. */
const LASTS_MS = 5 * 60_000;
/** What tells it from a key, at a glance. */
const PREFIX = 'shellm-local-';
const SUBJECT = 'command';

/** Whoever can read the key secret, on the gateway's own machine: the commands. Its name is kept from other clients. */
export const localClient: Client = {
  id: 'local',
  name: 'local',
  rpm: undefined,
  models: undefined,
  scopes: scopes.filter((scope) => scope !== 'metrics'),
  maxConcurrent: undefined,
  budget: undefined,
  redact: true,
};

/** A pass for a command, to be sent as a key. @param now milliseconds since 1970 */
export function issueLocalPass(passes: Passes, now: number): string {
  return `${PREFIX}${passes.sign('local', SUBJECT, now + LASTS_MS)}`;
}

/** Whether a presented key looks like one. */
export function looksLocal(key: string): boolean {
  return key.startsWith(PREFIX);
}

/** Whether it is one, and not over. Nobody makes any that last longer. */
export function isLocalPass(passes: Passes, key: string, now: number): boolean {
  const pass = passes.read('local', key.slice(PREFIX.length), now);
  return pass?.subject === SUBJECT && pass.expiresAt <= now + LASTS_MS;
}
