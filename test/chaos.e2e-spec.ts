import { describe, expect, it } from '@jest/globals';
import { playChaos } from './chaos/chaos.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? 20_261_126);

describe('150 requests to providers that fail at random, of clients that leave at random', () => {
  it('end honestly, and leave nothing behind', async () => {
    const report = await playChaos({ requests: 60, atOnce: 12, seed: SEED, calm: 0.6, requestTimeoutMs: 500, measure: false });
    process.stderr.write(`seed ${SEED}: ${JSON.stringify(report.ends)}\n`);
    expect(report.lies).toEqual([]);
    expect(report.left).toEqual({ slots: 0, processes: 0, files: [], resources: [] });
    expect(report.after.pipes + report.after.sockets).toBeLessThanOrEqual(report.before.pipes + report.before.sockets);
  }, 120_000);
});
