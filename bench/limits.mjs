// What a request pays for being counted, over dist: CPU time of this process a hit, and for Redis the wait. The client's window and that of all, as in every request.
import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';

const dist = new URL('../build/', import.meta.url);
if (!existsSync(new URL('rate-limit/request-windows.js', dist))) {
  console.error('dist is missing: run `npm run build` first');
  process.exit(1);
}
const load = (path) => import(new URL(path, dist));
const { MemoryWindows } = await load('rate-limit/memory-windows.js');
const { RedisWindows } = await load('rate-limit/redis-windows.js');
const { Concurrency } = await load('rate-limit/concurrency.js');
const { Leases } = await load('rate-limit/leases.js');
const { RedisLink } = await load('redis/redis-link.js');

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const log = { debug() {}, info() {}, warn: (...args) => console.error(...args), error: console.error };
/** CPU time of this process, in nanoseconds: what else the machine does is not in it. */
const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
};
const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
const show = (name, values, unit) => console.log(`${name.padEnd(70)} ${median(values).toFixed(values[0] < 10 ? 2 : 1).padStart(8)} ${unit}   (${values.map((value) => value.toFixed(1)).join(' ')})`);

/** Clients that take turns; each window stays as full as its limit lets it. */
function memory(clients, limit, msBetween) {
  const asked = Array.from({ length: clients }, (_, client) => [
    { key: `client ${client}`, limit },
    { key: 'global', limit: limit * clients },
  ]);
  const windows = new MemoryWindows(60_000);
  const hits = 400_000;
  let now = 0;
  const round = () => {
    const start = cpu();
    for (let hit = 0; hit < hits; hit += 1) windows.take(asked[hit % clients], Math.floor((now += msBetween)));
    return (cpu() - start) / hits;
  };
  round();
  show(`memory, ${clients} clients, ${limit} a minute, a hit every ${msBetween} ms`, Array.from({ length: ROUNDS }, round), 'ns');
}
memory(1, 60, 1000);
memory(100, 60, 10);
memory(100, 1_000_000, 0.01);
memory(1, 60, 0.01);
memory(10_000, 60, 1);

const url = process.env.REDIS_URL ?? 'redis://127.0.0.1:6379';
const link = await RedisLink.open(url, log);
if (link.usable) {
  const windows = new RedisWindows(link, 60_000);
  const run = `bench ${randomUUID()}`;
  const round = async (hits, atOnce, take) => {
    const [start, used] = [performance.now(), cpu()];
    for (let hit = 0; hit < hits; hit += atOnce) await Promise.all(Array.from({ length: atOnce }, take));
    return { wall: ((performance.now() - start) * 1000) / hits, own: (cpu() - used) / hits / 1000 };
  };
  const measure = async (name, hits, atOnce, take) => {
    await round(hits / 4, atOnce, take);
    const values = [];
    for (let at = 0; at < ROUNDS; at += 1) values.push(await round(hits, atOnce, take));
    show(`${name}, wall`, values.map(({ wall }) => wall), 'us');
    show(`${name}, own CPU`, values.map(({ own }) => own), 'us');
  };
  const asked = (limit) => [
    { key: `${run} ${limit}`, limit },
    { key: `${run} all ${limit}`, limit },
  ];
  for (const limit of [300, 1_000_000]) {
    const take = async () => {
      if (!(await windows.take(asked(limit)))) throw new Error('Redis went away');
    };
    await measure(`Redis, one after the other, ${limit} a minute`, 4000, 1, take);
    await measure(`Redis, 64 at once, ${limit} a minute`, 16_000, 64, take);
  }
  const leases = new Leases(link);
  const places = new Concurrency(leases);
  await measure('Redis, a place taken and given back, one after the other', 4000, 1, async () => (await places.take(run, 100))());
  leases.onApplicationShutdown();
} else console.log(`Redis is not here (REDIS_URL, ${new URL(url).host}): only memory was measured`);
await link.onApplicationShutdown();
