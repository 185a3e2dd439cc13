import { expect } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessPool } from '../../src/process-pool/process-pool.js';
import { call, type Gateway } from './boot.js';
import { eventually } from './eventually.js';
import { processesOf } from './processes.js';

/** What may stay: the warm spare, and the four that wait for their conversation's next turn. */
const KEPT = 5;

/** Sends many requests to the demo, good and bad, ten at a time, and looks for what they left behind. The gateway runs in this process. */
export async function expectNoLeak({ url, app, dataDir }: Gateway, requests: number): Promise<void> {
  const ask = (content: string): ReturnType<typeof call> => call(`${url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content }] } });
  const count = (): { descriptors: number; processes: number; files: number } => ({
    descriptors: readdirSync('/proc/self/fd').length,
    processes: processesOf(dataDir).length,
    files: readdirSync(join(dataDir, 'run'), { recursive: true }).length,
  });
  await ask('before');
  const before = count();
  const statuses = new Map<number, number>();
  for (let sent = 0; sent < requests; sent += 10) {
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => ask(index % 3 === 0 ? '[[demo words=3 fail=after]]' : `request ${sent + index}`)));
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  expect(Object.fromEntries(statuses)).toEqual({ 200: requests * 0.6, 502: requests * 0.4 });
  await eventually(() => app.get(ProcessPool).capacity().active === 0);
  // Three pipes a process, a few folders and a record each.
  await eventually(() => count().processes <= KEPT && count().descriptors <= before.descriptors + 3 * KEPT + 20 && count().files <= before.files + 6 * KEPT, 10_000);
}
