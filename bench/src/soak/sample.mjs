// What a gateway holds at a moment: of /proc, and of what it tells itself at /metrics.
import { readdirSync } from 'node:fs';
import { quantile } from '../driver.mjs';
import { cpu, ownRssMiB, tree } from '../proc.mjs';

/** @returns one row; memory in MiB, delays and latencies in ms */
export async function sample({ pid, base, load, seconds }) {
  const told = await (await fetch(`${base}/metrics`, { signal: AbortSignal.timeout(10_000) })).text();
  const metric = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(told)?.[1]);
  const latencies = {};
  for (const { kind, ms } of load.take()) (latencies[kind] ??= []).push(ms);
  return {
    seconds,
    rss: ownRssMiB(pid),
    heap: metric('nodejs_heap_size_used_bytes') / 2 ** 20,
    fds: readdirSync(`/proc/${pid}/fd`).length,
    children: tree(pid).length - 1,
    delay: metric('nodejs_eventloop_lag_p99_seconds') * 1000,
    cpu: cpu(pid).own,
    running: load.running,
    latency: Object.fromEntries(Object.entries(latencies).map(([kind, all]) => [kind, { p50: quantile(all, 0.5), p95: quantile(all, 0.95), n: all.length }])),
  };
}
