// What is measured: each stage runs for one target, with what its result is a figure per.
import { spawn } from 'node:child_process';
import { now, sleep } from './client.mjs';
import { conversations, jsonClosed, jsonOpen, quantile, sseClosed, ssePaced } from './driver.mjs';
import { cpu, rssMiB } from './proc.mjs';

/** @param scale multiplies every stage's length @param rate of the open loop, requests a second */
export const httpStages = (scale, rate) => [
  ...[1, 16, 64, 256].map((c) => ({ id: `json-c${c}`, group: 'json', run: (t) => jsonClosed(t, { concurrency: c, seconds: 1.5 * scale }), per: (r) => r.n })),
  { id: 'json-open', group: 'open', run: (t) => jsonOpen(t, { rate, seconds: 2.5 * scale }), per: (r) => r.n },
  { id: 'sse-first', group: 'sse', run: (t) => sseClosed(t, { model: 'mock-paced-5-1', n: 5, concurrency: 1, seconds: 1 * scale }), per: (r) => r.n * 5 },
  {
    id: 'sse-burst',
    group: 'sse',
    needs: 'mock-burst-1000',
    run: (t) => sseClosed(t, { model: 'mock-burst-1000', n: 1000, concurrency: 16, seconds: 1.5 * scale }),
    per: (r) => r.n * 1000,
  },
  ...[
    [100, 10],
    [500, 50],
    [1000, 100],
  ].map(([n, ms]) => ({
    id: `paced-${n}`,
    group: 'paced',
    rounds: n === 500 ? undefined : 2,
    run: (t) => ssePaced(t, { streams: n, intervalMs: ms, seconds: 3 * scale, midway: () => rssMiB(t.pid) }),
    per: (r) => r.chunks,
  })),
];

export const cliStages = (scale) => [
  ...[1, 8].map((c) => ({
    id: `cli-c${c}`,
    group: 'cli',
    direct: () => cliDirect(1.5 * scale, c),
    run: (t) => jsonClosed(t, { concurrency: c, seconds: 2 * scale }),
    per: (r) => r.n,
  })),
  { id: 'cli-live', group: 'cli', run: (t) => conversations(t, { concurrency: 8, seconds: 2 * scale }), per: (r) => r.n },
  { id: 'cli-open', group: 'cli', run: (t) => jsonOpen(t, { rate: 20, seconds: 3 * scale }), per: (r) => r.n },
  { id: 'cli-first', group: 'cli', run: (t) => sseClosed(t, { model: 'mock-fast', n: 50, concurrency: 1, seconds: 1.5 * scale }), per: (r) => r.n * 50 },
  { id: 'cli-burst', group: 'cli', run: (t) => sseClosed(t, { model: 'mock-burst-1000', n: 1000, concurrency: 4, seconds: 2 * scale }), per: (r) => r.n * 1000 },
];

/** The CLI alone, started by the driver itself. */
async function cliDirect(seconds, concurrency) {
  const lat = [],
    t0 = now(),
    end = t0 + seconds * 1000;
  const argv = ['--print', '--output-format', 'stream-json', '--verbose', 'mock-fast'];
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (now() < end) {
        const t = now();
        await new Promise((r) => {
          const p = spawn('claude', argv, { stdio: ['ignore', 'pipe', 'ignore'] });
          p.stdout.resume();
          p.on('close', r);
          p.on('error', r);
        });
        lat.push(now() - t);
      }
    }),
  );
  return { n: lat.length, errors: 0, rps: lat.length / ((now() - t0) / 1000), p50: quantile(lat, 0.5), p95: quantile(lat, 0.95), p99: quantile(lat, 0.99), cpu: 0, cpuOwn: 0 };
}

/** A stage's result with the CPU that the target took meanwhile, in seconds. */
export async function measured(t, stage) {
  const before = cpu(t.pid),
    began = now(),
    result = await stage.run(t),
    after = cpu(t.pid);
  return { ...result, cpu: after.total - before.total, cpuOwn: after.own - before.own, wall: (now() - began) / 1000, per: stage.per(result) };
}

/** Work left over from the last stage must not run on into the next: waits until the target is idle. */
export async function settle(t) {
  for (let i = 0; i < 80; i++) {
    const a = cpu(t.pid).own;
    await sleep(120);
    if (cpu(t.pid).own - a < 0.02) return;
  }
  console.error(`${t.name}: still busy 10 s after its stage`);
}

/** A target that has idled through the others' turns is cold: a little unmeasured work first. */
export async function warm(t, stage) {
  if (stage.group === 'sse' && !t.stages && t.checks['mock-burst-1000'] === 'ok') await sseClosed(t, { model: 'mock-burst-200', n: 200, concurrency: 4, seconds: 0.2 });
  else if (stage.group !== 'paced') await jsonClosed(t, { concurrency: t.stages ? 1 : 8, seconds: 0.2, max: 1500 });
}
