#!/usr/bin/env node
// What each choice of the warm pool's policy (src/process-pool/warm-policy.ts) is worth: a simulation of requests, starts and turns that share two cores. Deterministic; takes seconds.
// Usage: node warm-policy.mjs [--requests N]
import { Demand, nextStep } from '../src/process-pool/warm-policy.ts';

const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
const REQUESTS = Number(option('requests', 3000));
const CORES = 2;
const START = 400,
  TURN = 100,
  REST = 1500; // ms: CPU of a start, CPU of a turn to its first delta, and what the turn lasts from there, on the vendor's time
const SLOTS = 8,
  QUEUE = 10,
  SPARE_MB = 100;
const RULES = { max: 4, warmAfterMs: 800, refillDelayMs: 300, maxAgeMs: 300_000 };

/** The same numbers at every run (mulberry32). */
function randomOf(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function poisson(perSecond) {
  const random = randomOf(7);
  let now = 1000;
  return Array.from({ length: REQUESTS }, () => (now += (-Math.log(1 - random()) / perSecond) * 1000));
}

/** Four within a tenth of a second, on average so often. */
function bursts(everyMs) {
  const random = randomOf(7);
  let now = 1000;
  return Array.from({ length: REQUESTS / 4 }, () => {
    now += -Math.log(1 - random()) * everyMs;
    return [0, 30, 60, 90].map((ms) => now + ms);
  })
    .flat()
    .sort((a, b) => a - b);
}

const loads = {
  '0.02/s': poisson(0.02),
  '0.2/s': poisson(0.2),
  '1/s': poisson(1),
  '5/s': poisson(5),
  '4 at once, every 10 min': bursts(600_000),
  '4 at once, every 2 h': bursts(7_200_000),
};

/** How many are wanted, otherwise than by what was taken lately. */
const fixed = (count) => () => ({ taken() {}, wanted: () => count });
/** The least number that is enough for 95 of 100 intervals of a start's length, by the mean rate of the last five minutes. */
const quantile = () => {
  let rate = 0,
    at = 0;
  const faded = (now) => rate * Math.exp((at - now) / 300_000);
  return {
    taken(now) {
      rate = faded(now) + 1 / 300_000;
      at = now;
    },
    wanted(now) {
      const mean = faded(now) * (RULES.refillDelayMs + RULES.warmAfterMs);
      let count = 0;
      for (let term = Math.exp(-mean), sum = term; sum < 0.95; sum += term) term *= mean / ++count;
      return Math.max(1, count);
    },
  };
};
const learnt = () => new Demand(RULES.refillDelayMs + RULES.warmAfterMs);

/** @param coldCounts whether the start of a request that found no spare puts the next one off */
function simulate(arrivals, { rules = RULES, demandOf = learnt, coldCounts = true } = {}) {
  const demand = demandOf();
  const spares = [],
    tasks = new Set(),
    queue = [],
    ends = [];
  let now = 0,
    next = 0,
    look = 0,
    running = 0,
    lastStart = -Infinity,
    lastTake = -Infinity;
  let found = 0,
    taken = 0,
    started = 0,
    held = 0,
    ageSum = 0;
  const waits = [];
  const work = (ms, done) => tasks.add({ left: ms, done });
  const start = () => {
    const process = { at: now, ready: false, then: undefined };
    work(START, () => {
      process.ready = true;
      process.then?.();
    });
    return process;
  };
  const turn = (arrived) => {
    running++;
    taken++;
    demand.taken(now);
    lastTake = now;
    let process = spares.shift();
    if (process) {
      if (process.ready) found++;
      ageSum += now - process.at;
    } else {
      process = start();
      if (coldCounts) lastStart = now;
    }
    const first = () =>
      work(TURN, () => {
        waits.push(now - arrived - TURN);
        ends.push(now + REST);
        ends.sort((a, b) => a - b);
      });
    if (process.ready) first();
    else process.then = first;
    look = now;
  };
  const decide = () => {
    for (;;) {
      const step = nextStep(rules, {
        now,
        ages: spares.map(({ at }) => now - at),
        lastStart,
        lastTake,
        lastUse: Math.max(0, lastTake),
        notBefore: -Infinity,
        wanted: demand.wanted(now),
        busy: running > 0,
        room: Infinity,
      });
      if (step.do === 'wait') return now + Math.max(step.ms, 0.1);
      if (step.do === 'end') spares.shift();
      else {
        spares.push(start());
        started++;
        lastStart = now;
      }
    }
  };
  while (waits.length < taken || next < arrivals.length || queue.length > 0) {
    const pace = Math.min(1, CORES / Math.max(1, tasks.size));
    let until = Math.min(arrivals[next] ?? Infinity, ends[0] ?? Infinity, look);
    for (const { left } of tasks) until = Math.min(until, now + left / pace);
    held += spares.length * (until - now);
    for (const task of tasks) task.left -= (until - now) * pace;
    now = until;
    for (const task of [...tasks])
      if (task.left < 1e-6) {
        tasks.delete(task);
        task.done();
      }
    while (ends[0] <= now) {
      ends.shift();
      running--;
      if (queue.length > 0) turn(queue.shift());
    }
    while (arrivals[next] <= now) {
      const at = arrivals[next++];
      if (running < SLOTS) turn(at);
      else if (queue.length < QUEUE) queue.push(at);
    }
    if (look <= now) look = decide();
  }
  waits.sort((a, b) => a - b);
  const mean = waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
  return {
    found: found / taken,
    mean,
    p95: waits[Math.floor(waits.length * 0.95)],
    cpu: (started * START) / taken,
    perHour: (started * START) / 1000 / (now / 3_600_000),
    held: held / now,
    age: ageSum / taken,
  };
}

function table(title, choices) {
  console.log(`\n${title}\n\n| | ${Object.keys(loads).join(' | ')} |\n| --- |${' ---: |'.repeat(Object.keys(loads).length)}`);
  for (const [name, choice] of Object.entries(choices)) {
    const cells = Object.values(loads).map((arrivals) => {
      const { found, mean, cpu, held } = simulate(arrivals, choice);
      return `${(found * 100).toFixed(0)} %, ${mean.toFixed(0)} ms, ${(cpu / 1000).toFixed(2)} s, ${(held * SPARE_MB).toFixed(0)} MB`;
    });
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

console.log("Requests that found a ready spare, wait added to that of a warm process on an idle machine (mean), CPU of spares' starts a request, memory that spares hold (mean).");
table('How many, at most 4', {
  one: { demandOf: fixed(1) },
  two: { demandOf: fixed(2) },
  four: { demandOf: fixed(4) },
  'by the mean rate, 95 %': { demandOf: quantile },
  '**by the crowd of late**': {},
});
table(
  'When',
  Object.fromEntries(
    [0, 150, 300, 1000].map((refillDelayMs) => [
      refillDelayMs === 300 ? '**300 ms after the take**' : `${refillDelayMs} ms after the take`,
      { rules: { ...RULES, refillDelayMs } },
    ]),
  ),
);
table('How many at a time', {
  'all that are missing': { rules: { ...RULES, warmAfterMs: 0 } },
  'one, when the last is ready': { rules: { ...RULES, warmAfterMs: 1600 } },
  'one, beside cold starts': { coldCounts: false },
  '**one, cold starts counted**': {},
});
table(
  'Renewed at an age of',
  Object.fromEntries(
    [
      ['30 s', 30_000],
      ['2 min', 120_000],
      ['5 min', 300_000],
      ['30 min', 1_800_000],
      ['never', Infinity],
    ].map(([name, maxAgeMs]) => [name, { rules: { ...RULES, maxAgeMs } }]),
  ),
);
console.log(`\nAn hour without a request, one spare: ${[30, 120, 300, 1800].map((s) => `${s} s: ${(((3600 / s) * START) / 1000).toFixed(1)} s of CPU`).join('; ')}.`);
