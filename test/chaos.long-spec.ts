import { describe, expect, it } from '@jest/globals';
import { playChaos } from './chaos/chaos.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000_007);
const REQUESTS = Number(process.env['CHAOS_REQUESTS'] ?? 10_000);

describe(`${REQUESTS} requests to providers that fail at random, of clients that leave at random`, () => {
  it('end honestly, and leave nothing behind', async () => {
    process.stderr.write(`CHAOS_SEED=${SEED}\n`);
    const began = performance.now();
    const report = await playChaos({ requests: REQUESTS, atOnce: 16, seed: SEED, calm: 0.6, requestTimeoutMs: 1000, measure: true });
    const lines = [report.before, ...report.quarters, report.after].map((figures) => `  ${JSON.stringify(figures)}`);
    process.stderr.write(`${Math.round((performance.now() - began) / 1000)} s ${JSON.stringify(report.ends)}\n${lines.join('\n')}\n  left: ${JSON.stringify(report.left)}\n`);
    expect(report.lies).toEqual([]);
    expect(report.left).toEqual({ slots: 0, processes: 0, files: [], resources: [] });
    expect(report.after.pipes + report.after.sockets).toBeLessThanOrEqual(report.before.pipes + report.before.sockets);
    const [first, last] = [report.quarters[0]!, report.quarters.at(-1)!];
    // What waits for its next turn comes and goes: three pipes and a few timers a process.
    expect(last.descriptors).toBeLessThanOrEqual(first.descriptors + 20);
    expect(last.timers).toBeLessThanOrEqual(first.timers + 30);
    expect(last.files).toBeLessThanOrEqual(first.files + 60);
    expect(last.heapMb).toBeLessThanOrEqual(first.heapMb * 1.1 + 3);
  }, 1_800_000);
});
