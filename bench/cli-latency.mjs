#!/usr/bin/env node
// Time to the first word over the real CLIs and mock vendors, in one interleaved run: straight to the mock, the CLI driven by hand, and the gateway.
// Usage: node cli-latency.mjs [--clis claude,gemini,codex] [--rounds N] [--age MS] [--port N] [--md FILE] [--json FILE];
// BENCH_CLAUDE, BENCH_GEMINI, BENCH_CODEX=/path/to/it for another CLI than `npm run install:clis` brings.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claude } from './src/clis/claude.mjs';
import { codex } from './src/clis/codex.mjs';
import { gemini } from './src/clis/gemini.mjs';
import { Conn, now } from './src/client.mjs';
import { quantile } from './src/driver.mjs';

const bench = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
const rounds = Number(option('rounds', 15));
const clis = [claude, gemini, codex].filter(({ id }) => option('clis', 'claude,gemini,codex').split(',').includes(id));
// How old a waiting process is when it is measured, by hand and in the gateway alike: the CLI itself answers later the longer it has idled.
const AGE = Number(option('age', 1500));
const REFILL = 300; // after so long the gateway starts the successor of a spare that it gave away
const LIMIT = 30_000;
const QUESTION = 'Hello there, how are you today?';
const NEXT = 'And what else?';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const within = (ms, what, promise) => Promise.race([promise, sleep(ms).then(() => Promise.reject(new Error(`${what}: nothing within ${ms} ms`)))]);
const scratch = mkdtempSync(join(tmpdir(), 'shellm-latency-'));
const running = new Set(); // children of ours, ended by pid

function start(command, args, options) {
  const child = spawn(command, args, options);
  running.add(child);
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  child.on('close', () => running.delete(child));
  return child;
}

// ---- over HTTP: one kept connection each, so that the client costs as little as reading a pipe ----
function post(conn, url, body, headers, textOf) {
  const { host, pathname, search } = new URL(url),
    bytes = JSON.stringify(body);
  const head = Object.entries({ host, 'content-type': 'application/json', ...headers, 'content-length': Buffer.byteLength(bytes) })
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const request = Buffer.from(`POST ${pathname}${search} HTTP/1.1\r\n${head}\r\n${bytes}`);
  return within(
    LIMIT,
    url,
    new Promise((done, fail) => {
      const decoder = new TextDecoder();
      let took,
        text = '',
        rest = '',
        all = '';
      const began = now();
      conn.send(request, {
        onData(piece) {
          const decoded = decoder.decode(piece, { stream: true }),
            events = (rest + decoded).replaceAll('\r\n', '\n').split('\n\n');
          all += decoded;
          rest = events.pop();
          for (const event of events) {
            const data = /^data: (\{.*)$/m.exec(event)?.[1];
            const delta = data && textOf(JSON.parse(data));
            if (delta) {
              took ??= now() - began;
              text += delta;
            }
          }
        },
        onEnd: (error, status) =>
          error || status !== 200 || took === undefined ? fail(error ?? new Error(`${url}: status ${status}: ${all.slice(0, 300)}`)) : done({ took, text }),
      });
    }),
  );
}

async function gateway(name, model, port, settings) {
  const home = join(scratch, name),
    base = `http://127.0.0.1:${port}`;
  mkdirSync(home);
  const child = start(process.execPath, ['--max-semi-space-size=16', join(bench, '../dist/main.js')], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, SHELLM_DATA_DIR: join(home, 'data'), SHELLM_PORT: String(port), ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const end = now() + 15_000; ; await sleep(50)) {
    if (child.exitCode !== null || now() > end) throw new Error(`the gateway "${name}" did not start on port ${port}`);
    if (
      await fetch(`${base}/health/live`).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      break;
  }
  const conn = new Conn(base);
  return {
    chat: (messages) => post(conn, `${base}/v1/chat/completions`, { model, stream: true, messages }, {}, (chunk) => chunk.choices?.[0]?.delta?.content),
    end: async () => {
      conn.destroy();
      child.kill('SIGTERM');
      await new Promise((done) => (running.has(child) ? child.on('close', done) : done()));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const user = (content) => ({ role: 'user', content });

/** Each way prepares, waits as long as the others, and is measured. */
function waysOf({ cli, bin, mock, vendor, settings, warm, live, freshPort }) {
  const { url, headers, body, textOf } = cli.direct(mock);
  const conn = new Conn(new URL(url).origin);
  const way = (prepare, measure) => async (round) => {
    const ready = await prepare?.(round);
    await sleep(AGE);
    return measure(ready);
  };
  const byHand = () => cli.byHand({ start, scratch: join(scratch, cli.id), bin, vendor, mock });
  const warmHand = async (opened) => {
    const one = byHand();
    await within(LIMIT, `${cli.id} by hand`, one.ready());
    if (opened) {
      await sleep(AGE);
      await within(LIMIT, `${cli.id} by hand`, one.ask(QUESTION));
    }
    return one;
  };
  const last = async (one, question) => {
    try {
      return await within(LIMIT, `${cli.id} by hand`, one.ask(question));
    } finally {
      one.end();
    }
  };
  const took = async (answer) => (await answer).took;
  return {
    'direct to the mock': way(null, () => took(post(conn, url, body(QUESTION), headers, textOf))),
    'by hand, cold': way(null, () => last(byHand(), QUESTION)),
    // A gateway of its own each time: a process that serves many would be there from the second request on.
    'gateway, cold': way(
      (round) => gateway(`${cli.id}-cold-${round}`, cli.id, freshPort, { ...settings, SHELLM_WARM: '0', SHELLM_LIVE_MAX: '0' }),
      async (cold) => {
        try {
          return await took(cold.chat([user(QUESTION)]));
        } finally {
          await cold.end();
        }
      },
    ),
    'by hand, warm': way(
      () => warmHand(),
      (one) => last(one, QUESTION),
    ),
    // Takes what has waited since the last round: its successor is as old as the one by hand.
    'gateway, warm': way(
      async () => {
        await warm.chat([user(QUESTION)]);
        await sleep(REFILL);
      },
      () => took(warm.chat([user(QUESTION)])),
    ),
    'by hand, next turn': way(
      () => warmHand(true),
      (one) => last(one, NEXT),
    ),
    'gateway, live next turn': way(
      async (round) => {
        const opening = [user(`${QUESTION} (${round})`)];
        return [...opening, { role: 'assistant', content: (await live.chat(opening)).text }, user(NEXT)];
      },
      (messages) => took(live.chat(messages)),
    ),
  };
}

async function measure(ways) {
  const names = Object.keys(ways),
    figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    // the round before the first warms everything up and does not count
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + Math.max(round, 0)) % names.length],
        took = await ways[name](round);
      if (round >= 0) figures[name].push(took);
    }
    console.error(`round ${round + 1}/${rounds}`);
  }
  return figures;
}

function report(figures, load) {
  const median = (name) => quantile(figures[name], 0.5);
  const share = (one, other) => {
    const differences = figures[one].map((took, i) => took - figures[other][i]);
    return `${quantile(differences, 0.5).toFixed(1)} (${Math.min(...differences).toFixed(1)} to ${Math.max(...differences).toFixed(1)})`;
  };
  const ratio = (one, other) => (median(one) / median(other)).toFixed(2);
  return [
    `Run of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC. Node ${process.version}, ${cpus().length} cores (${cpus()[0].model.trim()}), load average ${load} before and ${loadavg()[0].toFixed(2)} after, ${rounds} rounds in alternation, waiting processes ${AGE / 1000} s old.`,
    '',
    '| ms to the first text delta | median | min | max |',
    '| --- | ---: | ---: | ---: |',
    ...Object.keys(figures).map((name) => `| ${name} | ${[median(name), Math.min(...figures[name]), Math.max(...figures[name])].map((ms) => ms.toFixed(1)).join(' | ')} |`),
    '',
    '| | warm / cold | live / cold | by hand: warm / cold | own share, cold | own share, warm | own share, live |',
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...clis.map(({ id }) =>
      [
        `| ${id}`,
        ratio(`${id}: gateway, warm`, `${id}: gateway, cold`),
        ratio(`${id}: gateway, live next turn`, `${id}: gateway, cold`),
        ratio(`${id}: by hand, warm`, `${id}: by hand, cold`),
        share(`${id}: gateway, cold`, `${id}: by hand, cold`),
        share(`${id}: gateway, warm`, `${id}: by hand, warm`),
        `${share(`${id}: gateway, live next turn`, `${id}: by hand, next turn`)} |`,
      ].join(' | '),
    ),
    '',
    'Own share: milliseconds of the gateway less by hand, paired within a round: median (min to max).',
    '',
  ].join('\n');
}

/** The mock, the waiting gateways and the ways of one CLI. */
async function prepare(cli, port) {
  const bin = resolve(process.env[`BENCH_${cli.id.toUpperCase()}`] ?? join(bench, `../.work/${cli.id}-cli`, cli.bin));
  try {
    accessSync(bin, constants.R_OK);
  } catch {
    throw new Error(`there is no ${cli.id} CLI: run \`npm run install:clis\`, or set BENCH_${cli.id.toUpperCase()}`);
  }
  mkdirSync(join(scratch, cli.id));
  const mock = await cli.startMock(),
    vendor = cli.vendor(mock);
  const settings = { ...vendor, ...cli.gateway(realpathSync(bin), mock), SHELLM_PROVIDERS: cli.id, SHELLM_RPM: '0', SHELLM_CLIENT_RPM: '0' };
  const warm = await gateway(`${cli.id}-warm`, cli.id, port, { ...settings, SHELLM_LIVE_MAX: '0' });
  const live = await gateway(`${cli.id}-live`, cli.id, port + 1, settings);
  return { mock, ends: [warm, live], ways: waysOf({ cli, bin, mock, vendor, settings, warm, live, freshPort: port + 2 }) };
}

async function main() {
  const load = loadavg()[0].toFixed(2),
    base = Number(option('port', 9141)),
    prepared = [];
  try {
    for (const [index, cli] of clis.entries()) prepared.push(await prepare(cli, base + 3 * index));
    await sleep(AGE);
    const figures = await measure(Object.fromEntries(prepared.flatMap(({ ways }, index) => Object.entries(ways).map(([name, way]) => [`${clis[index].id}: ${name}`, way]))));
    const text = report(figures, load);
    console.log(text);
    if (option('md')) writeFileSync(option('md'), text);
    if (option('json')) writeFileSync(option('json'), JSON.stringify(figures, null, 1));
  } finally {
    await clearUp();
    for (const { mock } of prepared) await mock.close();
  }
}

async function clearUp() {
  for (const child of running) child.kill('SIGTERM');
  for (let i = 0; running.size > 0 && i < 50; i++) await sleep(100);
  for (const child of running) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => clearUp().then(() => process.exit(130)));

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
