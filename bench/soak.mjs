#!/usr/bin/env node
// Hours in minutes: one gateway with the three real CLIs and an API vendor, all mocks behind them, under mixed load at a fixed rate. At its end nothing may have grown.
// Usage: node soak.mjs [--minutes 30] [--load X] [--port 9180] [--json FILE] [--plot FILE]; exit code 1 where something was wrong.
import { execFileSync } from 'node:child_process';
import { accessSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claude } from './src/clis/claude.mjs';
import { codex } from './src/clis/codex.mjs';
import { gemini } from './src/clis/gemini.mjs';
import { now, sleep } from './src/client.mjs';
import { start, stop, stopAll } from './src/programs.mjs';
import { kindsOf, rates } from './src/soak/kinds.mjs';
import { Load } from './src/soak/load.mjs';
import { plot } from './src/soak/plot.mjs';
import { sample } from './src/soak/sample.mjs';
import { inWords, trends } from './src/soak/verdict.mjs';

const bench = dirname(fileURLToPath(import.meta.url)),
  work = join(bench, '.work');
const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
const minutes = Number(option('minutes', 30)),
  factor = Number(option('load', 1)),
  port = Number(option('port', 9180));
const EVERY = 5; // seconds between samples
const KEY = 'soak-key-0123456789abcdef';
const scratch = mkdtempSync(join(tmpdir(), 'shellm-soak-')),
  temporary = join(scratch, 'tmp');
const base = `http://127.0.0.1:${port}`;

/** The CLIs that are installed, with their mock vendors. */
async function clisHere() {
  const here = [];
  for (const cli of [claude, codex, gemini]) {
    const bin = resolve(bench, `../.work/${cli.id}-cli`, cli.bin);
    try {
      accessSync(bin);
    } catch {
      console.error(`${cli.id}: left out, it is not installed (npm run install:clis)`);
      continue;
    }
    here.push({ cli, bin: realpathSync(bin), mock: await cli.startMock() });
  }
  return here;
}

async function startGateway(clis, upstream) {
  const settings = Object.assign({}, ...clis.map(({ cli, bin, mock }) => ({ ...cli.vendor(mock), ...cli.gateway(bin, mock) })));
  mkdirSync(temporary);
  const program = start([process.execPath, '--max-semi-space-size=16', join(bench, '../dist/main.js')], {
    cwd: scratch,
    logs: work,
    name: 'soak',
    env: {
      HOME: join(scratch, 'home'),
      TMPDIR: temporary,
      SHELLM_DATA_DIR: join(scratch, 'data'),
      SHELLM_PORT: String(port),
      SHELLM_PROVIDERS: ['openai', 'demo', ...clis.map(({ cli }) => cli.id)].join(','),
      SHELLM_CLIENTS: JSON.stringify({ soak: { key: KEY, rpm: 1_000_000 } }),
      SHELLM_RPM: '1000000',
      SHELLM_METRICS_AUTH: 'off',
      SHELLM_MAX_CONCURRENT: '8',
      OPENAI_BASE_URL: `${upstream}/v1`,
      OPENAI_API_KEY: 'sk-soak',
      ...settings,
    },
  });
  for (const end = now() + 30_000; ; await sleep(100)) {
    if (program.exitCode !== null || now() > end) throw new Error(`the gateway did not start on port ${port}: see bench/.work/soak.log`);
    if (
      await fetch(`${base}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return program;
  }
}

async function soak(program, load) {
  const samples = [],
    began = now(),
    over = load.run(minutes * 60);
  let running = true;
  void over.finally(() => (running = false));
  while (running) {
    await Promise.race([over, sleep(EVERY * 1000)]);
    if (program.exitCode !== null || program.signalCode !== null) throw new Error('the gateway ended: see bench/.work/soak.log');
    samples.push(await sample({ pid: program.pid, base, load, seconds: (now() - began) / 1000 }));
    const { seconds, rss, heap, fds, children, delay } = samples.at(-1);
    if (samples.length % 12 === 0)
      console.error(
        `${(seconds / 60).toFixed(0)} min: ${rss.toFixed(0)} MiB, heap ${heap.toFixed(0)}, ${fds} descriptors, ${children} children, event loop p99 ${delay.toFixed(1)} ms`,
      );
  }
  return samples;
}

/** Processes that know this run's folder, but for this one. */
function leftProcesses() {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(scratch);
    } catch {
      return false;
    }
  });
}

/** What is left of it a moment after SIGTERM, in words. */
async function leftOver(program) {
  const ms = await stop(program);
  await sleep(500);
  const processes = leftProcesses(),
    files = existsSync(temporary) ? readdirSync(temporary) : [];
  return [
    ...(program.exitCode === 0 ? [] : [`the gateway ended with ${program.exitCode ?? program.signalCode} after ${Math.round(ms)} ms`]),
    ...(processes.length ? [`${processes.length} processes are left: ${processes.join(' ')}`] : []),
    ...(files.length ? [`${files.length} temporary files are left: ${files.slice(0, 5).join(' ')}`] : []),
  ];
}

async function main() {
  mkdirSync(work, { recursive: true });
  execFileSync('cc', ['-O2', '-o', join(work, 'mock'), join(bench, 'src/mock.c')]);
  start([join(work, 'mock'), String(port + 1)], { cwd: bench, logs: work, name: 'soak-mock' });
  const clis = await clisHere(),
    program = await startGateway(clis, `http://127.0.0.1:${port + 1}`);
  const here = Object.entries(rates).filter(([kind]) => ![claude, codex, gemini].some(({ id }) => id === kind) || clis.some(({ cli }) => cli.id === kind));
  const load = new Load(kindsOf(base, KEY), Object.fromEntries(here.map(([kind, rate]) => [kind, rate * factor])));
  const began = new Date(),
    samples = await soak(program, load);
  const found = trends(samples),
    left = await leftOver(program),
    errors = [...load.errors.values()];
  for (const { mock } of clis) await mock.close();
  const requests = Object.values(load.counts).reduce((one, other) => one + other, 0);
  const head = `Soak of ${began.toISOString().slice(0, 16).replace('T', ' ')} UTC: ${minutes} min, ${requests} requests, Node ${process.version}, ${cpus().length} cores, load average ${loadavg()[0].toFixed(2)}`;
  console.log(
    [
      head,
      '',
      `Requests: ${Object.entries(load.counts)
        .map(([kind, count]) => `${kind} ${count}`)
        .join(', ')}`,
      ...found.map(inWords),
      errors.length
        ? `✗ errors:\n${errors.map(({ kind, message, count, first }) => `    ${count} × ${kind}: ${message} (first after ${first} s)`).join('\n')}`
        : '✓ no request was answered wrongly',
      left.length ? `✗ ${left.join('; ')}` : '✓ after SIGTERM no process and no temporary file is left',
    ].join('\n'),
  );
  writeFileSync(option('json', join(work, 'soak.json')), JSON.stringify({ head, minutes, counts: load.counts, errors, trends: found, left, samples }, null, 1));
  const drawing = option('plot', join(bench, 'plots/soak.svg'));
  mkdirSync(dirname(drawing), { recursive: true });
  writeFileSync(drawing, plot({ samples, head }));
  if (errors.length > 0 || left.length > 0 || !found.every(({ flat }) => flat)) process.exitCode = 1;
}

main()
  .catch((error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  })
  .finally(async () => {
    await stopAll();
    rmSync(scratch, { recursive: true, force: true });
    process.exit();
  });
