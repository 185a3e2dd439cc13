import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { processesOf } from './support/processes.js';
import { ProcessPool } from '../src/process-pool/process-pool.js';

const fake = (name: string): string => resolve(import.meta.dirname, `../selftest/fake-${name}.mjs`);
const REQUESTS = 600;
const AT_ONCE = 12;

/** A small generator of its own, so that a run can be repeated. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

describe('clients that leave at any moment', () => {
  let gateway: Gateway;
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  beforeAll(async () => {
    process.on('unhandledRejection', note);
    gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      ...{ SHELLM_CODEX_BIN: fake('codex'), CODEX_API_KEY: 'k', SHELLM_GEMINI_BIN: fake('gemini'), GEMINI_API_KEY: 'k', SHELLM_CLAUDE_BIN: fake('claude') },
      ...{ SHELLM_PROVIDERS: 'claude,gemini,codex,demo', SHELLM_MAX_CONCURRENT: '6', SHELLM_QUEUE_DEPTH: '50', SHELLM_QUEUE_TIMEOUT_MS: '20000' },
    });
  });
  afterAll(async () => {
    await gateway.close();
    process.off('unhandledRejection', note);
    expect([processesOf(gateway.dataDir), unhandled]).toEqual([[], []]);
  });

  it('leave no slot taken, no session locked, no process behind', async () => {
    const random = randomOf(7);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
    const sessions: string[] = [];
    for (let index = 0; index < 6; index += 1) {
      const { headers } = await call(`${gateway.url}/v1/chat/completions`, {
        body: { model: pick(['codex', 'gemini', 'demo']), messages: [{ role: 'user', content: 'hi' }] },
        headers: { 'x-shellm-session-id': 'new' },
      });
      sessions.push(headers.get('x-shellm-session-id')!);
    }
    const prompts = ['[[fake slow]]', '[[fake long]]', 'hi', '[[fake fine]]', '[[demo words=30 delay=20]]', '[[fake crash]]', '[[fake exit1]]'];
    const one = async (): Promise<void> => {
      const model = pick(['codex', 'gemini', 'claude', 'demo']);
      const session = random() < 0.3 ? pick(sessions) : undefined;
      const simple = random() < 0.2;
      const stream = random() < 0.5;
      const content = pick(prompts);
      await fetch(`${gateway.url}${simple ? `/completions${stream ? '/stream' : ''}` : '/v1/chat/completions'}`, {
        method: 'POST',
        signal: AbortSignal.timeout(Math.ceil(random() * 700)),
        headers: { 'content-type': 'application/json', ...(session === undefined ? {} : { 'x-shellm-session-id': session }) },
        body: JSON.stringify(simple ? { prompt: content, provider: model } : { model, stream, messages: [{ role: 'user', content }] }),
      })
        .then(
          (answer) => answer.text(),
          () => undefined,
        )
        .catch(() => undefined);
    };
    for (let sent = 0; sent < REQUESTS; sent += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, one));
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 0 && pool.capacity().queued === 0, 10_000);
    await sleep(3000);
    const { body } = await call(`${gateway.url}/health`);
    expect(body.capacity).toMatchObject({ active: 0, queued: 0 });
    // Two shared ones, a warm one of each of the others, and four that wait for their conversation's next turn.
    expect(processesOf(gateway.dataDir).length).toBeLessThanOrEqual(8);
    expect(readdirSync(join(gateway.dataDir, 'run'), { recursive: true }).length).toBeLessThan(150);
    for (const id of sessions) {
      const { status } = await call(`${gateway.url}/v1/chat/completions`, {
        body: { provider: 'demo', model: 'demo', messages: [{ role: 'user', content: 'still there?' }] },
        headers: { 'x-shellm-session-id': id },
      });
      expect(status).toBe(200);
    }
  }, 300_000);
});
