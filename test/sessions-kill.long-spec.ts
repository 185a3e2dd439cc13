import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { call } from './support/boot.js';
import { spawnGateway } from './support/spawn-gateway.js';

const ROUNDS = 20;

describe('sessions of a gateway that is killed again and again', () => {
  it('have every turn that was answered', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'killed-'));
    /** By session: turns that a client saw the end of, and turns that were under way. */
    const answered = new Map<string, number>();
    let under = new Map<string, number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const gateway = await spawnGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_MAX_CONCURRENT: '8', LOG_LEVEL: 'info' });
      const ask = (session: string): ReturnType<typeof call> =>
        call(`${gateway.url}/v1/chat/completions`, { body: { model: 'demo', messages: [{ role: 'user', content: 'again' }] }, headers: { 'x-shellm-session-id': session } });
      const { body } = await call(`${gateway.url}/sessions`);
      for (const { id, turns } of body.data as { id: string; turns: number }[]) {
        const seen = answered.get(id) ?? 0;
        expect([turns >= seen, turns <= seen + (under.get(id) ?? 0)]).toEqual([true, true]);
        answered.set(id, turns);
      }
      expect((body.data as unknown[]).length).toBeGreaterThanOrEqual(answered.size);
      const id = (await ask('new')).headers.get('x-shellm-session-id')!;
      answered.set(id, 1);
      under = new Map();
      let running = true;
      const talk = async (session: string): Promise<void> => {
        while (running) {
          under.set(session, 1);
          const told = await ask(session).catch(() => undefined);
          if (told?.status !== 200) return;
          answered.set(session, (answered.get(session) ?? 0) + 1);
          under.set(session, 0);
        }
      };
      const talking = [...answered.keys()].slice(-4).map(talk);
      await sleep(100 + Math.random() * 400);
      gateway.process.kill('SIGKILL');
      await gateway.exited;
      running = false;
      await Promise.all(talking);
    }
    rmSync(dataDir, { recursive: true });
  }, 240_000);
});
