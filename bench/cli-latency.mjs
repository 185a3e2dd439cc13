#!/usr/bin/env node
// Time to the first word over the real Claude CLI and a mock vendor, in one interleaved run: straight to the mock, the CLI driven by hand, and the
// gateway. Usage: node cli-latency.mjs [--rounds N] [--age MS] [--port N] [--md FILE] [--json FILE];
// BENCH_CLAUDE=/path/to/claude for another CLI than `npm run install:claude` brings.
import { spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMock } from '../test/support/mock-anthropic.mjs';
import { Conn, now } from './src/client.mjs';
import { quantile } from './src/driver.mjs';

const bench = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
const rounds = Number(option('rounds', 15));
const claude = resolve(process.env.BENCH_CLAUDE ?? join(bench, '../.work/claude-cli/node_modules/@anthropic-ai/claude-code/bin/claude.exe'));
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

// ---- by hand: what the provider does, without the gateway ----
const switches = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_TELEMETRY: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_ATTACHMENTS: '1', CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1', CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1', DISABLE_AUTO_COMPACT: '1', ENABLE_TOOL_SEARCH: 'false',
  CLAUDE_CODE_MAX_RETRIES: '2', CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
};
const flags = [
  '-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose', '--include-partial-messages', '--model', 'sonnet', '--system-prompt', '', '--tools', '',
  '--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands', '--no-session-persistence', '--permission-mode', 'dontAsk', '--thinking-display', 'summarized',
];

function byHand(vendor) {
  const home = join(scratch, 'hand'), folder = mkdtempSync(join(scratch, 'work-'));
  mkdirSync(home, { recursive: true }); // one for all of them, as in the gateway: the CLI sets up an empty one first
  const child = start(claude, flags, { cwd: folder, env: { PATH: process.env.PATH, HOME: home, TMPDIR: folder, ...vendor, ...switches }, stdio: ['pipe', 'pipe', 'ignore'] });
  const line = (message) => `${JSON.stringify(message)}\n`;
  let first = true, rest = '', hear = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const text of lines) hear(JSON.parse(text));
  });
  return {
    /** Milliseconds to the first text delta; resolves at the end of the turn. */
    ask: (content) => within(LIMIT, 'the CLI by hand', new Promise((done, fail) => {
      let took;
      hear = ({ type, event }) => {
        if (type === 'stream_event' && event.delta?.type === 'text_delta') took ??= now() - began;
        if (type === 'result') took === undefined ? fail(new Error('the CLI by hand: no text')) : done(took);
      };
      const opening = first ? line({ type: 'control_request', request_id: 'initialize', request: { subtype: 'initialize', systemPrompt: [] } }) + line({ type: 'control_request', request_id: 'model', request: { subtype: 'set_model', model: 'sonnet' } }) : '';
      first = false;
      const began = now();
      child.stdin.write(opening + line({ type: 'user', client_composed: true, message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' }));
    })),
    end: () => child.kill('SIGKILL'),
  };
}

// ---- over HTTP: one kept connection each, so that the client costs as little as reading a pipe ----
function post(conn, url, body, headers, textOf) {
  const { host, pathname } = new URL(url), bytes = JSON.stringify(body);
  const head = Object.entries({ host, 'content-type': 'application/json', ...headers, 'content-length': Buffer.byteLength(bytes) }).map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head}\r\n${bytes}`);
  return within(LIMIT, url, new Promise((done, fail) => {
    const decoder = new TextDecoder();
    let took, text = '', rest = '', all = '';
    const began = now();
    conn.send(request, {
      onData(piece) {
        const decoded = decoder.decode(piece, { stream: true }), events = (rest + decoded).split('\n\n');
        all += decoded;
        rest = events.pop();
        for (const event of events) {
          const data = /^data: (\{.*)$/m.exec(event)?.[1];
          const delta = data && textOf(JSON.parse(data));
          if (delta) { took ??= now() - began; text += delta; }
        }
      },
      onEnd: (error, status) => (error || status !== 200 || took === undefined ? fail(error ?? new Error(`${url}: status ${status}: ${all.slice(0, 300)}`)) : done({ took, text })),
    });
  }));
}

async function gateway(name, port, settings) {
  const home = join(scratch, name), base = `http://127.0.0.1:${port}`;
  mkdirSync(home);
  const child = start(process.execPath, [join(bench, '../dist/main.js')], { cwd: home, env: { PATH: process.env.PATH, HOME: home, SHELLM_DATA_DIR: join(home, 'data'), SHELLM_PORT: String(port), ...settings }, stdio: ['ignore', 'ignore', 'inherit'] });
  for (const end = now() + 15_000; ; await sleep(100)) {
    if (child.exitCode !== null || now() > end) throw new Error(`the gateway "${name}" did not start on port ${port}`);
    if (await fetch(`${base}/health/live`).then(({ ok }) => ok, () => false)) break;
  }
  const conn = new Conn(base);
  return { chat: (messages) => post(conn, `${base}/v1/chat/completions`, { model: 'claude/sonnet', stream: true, messages }, {}, (chunk) => chunk.choices?.[0]?.delta?.content), end: () => conn.destroy() };
}

const user = (content) => ({ role: 'user', content });

/** Each way prepares, waits as long as the others, and is measured. */
function waysOf({ mock, vendor, cold, warm, live }) {
  const conn = new Conn(mock.url);
  const way = (prepare, measure) => async (round) => {
    const ready = await prepare?.(round);
    await sleep(AGE);
    return measure(ready);
  };
  const hand = async (opened) => { const one = byHand(vendor); if (opened) { await sleep(AGE); await one.ask(QUESTION); } return one; };
  const last = async (one, question) => { try { return await one.ask(question); } finally { one.end(); } };
  const took = async (answer) => (await answer).took;
  return {
    'direct to the mock': way(null, () => took(post(conn, `${mock.url}/v1/messages`, { model: 'claude-sonnet-5-5', max_tokens: 100, stream: true, messages: [user(QUESTION)] }, { 'x-api-key': 'k' }, (event) => event.delta?.text))),
    'by hand, cold': way(null, async () => last(await hand(), QUESTION)),
    'gateway, cold': way(null, () => took(cold.chat([user(QUESTION)]))),
    'by hand, warm': way(() => hand(), (one) => last(one, QUESTION)),
    // Takes the spare that has waited since the last round: its successor is as old as the one by hand.
    'gateway, warm spare': way(async () => { await warm.chat([user(QUESTION)]); await sleep(REFILL); }, () => took(warm.chat([user(QUESTION)]))),
    'by hand, next turn': way(() => hand(true), (one) => last(one, NEXT)),
    'gateway, live next turn': way(
      async (round) => { const opening = [user(`${QUESTION} (${round})`)]; return [...opening, { role: 'assistant', content: (await live.chat(opening)).text }, user(NEXT)]; },
      (messages) => took(live.chat(messages)),
    ),
  };
}

async function measure(ways) {
  const names = Object.keys(ways), figures = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) { // the round before the first warms everything up and does not count
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + Math.max(round, 0)) % names.length], took = await ways[name](round);
      if (round >= 0) figures[name].push(took);
    }
    console.error(`round ${round + 1}/${rounds}`);
  }
  return figures;
}

function report(figures, load) {
  const median = (name) => quantile(figures[name], 0.5);
  const share = (one, other) => { const differences = figures[one].map((took, i) => took - figures[other][i]); return `${quantile(differences, 0.5).toFixed(1)} (${Math.min(...differences).toFixed(1)} to ${Math.max(...differences).toFixed(1)})`; };
  const ratio = (one, other) => (median(one) / median(other)).toFixed(2);
  return [
    `Run of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC. Node ${process.version}, ${cpus().length} cores (${cpus()[0].model.trim()}), load average ${load} before and ${loadavg()[0].toFixed(2)} after, ${rounds} rounds in alternation, waiting processes ${AGE / 1000} s old.`,
    '', '| ms to the first text delta | median | min | max |', '| --- | ---: | ---: | ---: |',
    ...Object.keys(figures).map((name) => `| ${name} | ${[median(name), Math.min(...figures[name]), Math.max(...figures[name])].map((ms) => ms.toFixed(1)).join(' | ')} |`),
    '', '| ratio of medians | |', '| --- | ---: |',
    `| gateway, warm spare / cold | ${ratio('gateway, warm spare', 'gateway, cold')} |`,
    `| gateway, live next turn / cold | ${ratio('gateway, live next turn', 'gateway, cold')} |`,
    `| by hand, warm / cold | ${ratio('by hand, warm', 'by hand, cold')} |`,
    '', "| the gateway's own share, ms: gateway less by hand, paired within a round | median (min to max) |", '| --- | ---: |',
    `| cold | ${share('gateway, cold', 'by hand, cold')} |`,
    `| warm spare | ${share('gateway, warm spare', 'by hand, warm')} |`,
    `| live next turn | ${share('gateway, live next turn', 'by hand, next turn')} |`,
    '',
  ].join('\n');
}

async function main() {
  try { accessSync(claude, constants.X_OK); } catch { throw new Error('there is no Claude CLI: run `npm run install:claude`, or set BENCH_CLAUDE'); }
  const load = loadavg()[0].toFixed(2), mock = await startMock({ strict: true });
  try {
    const vendor = { ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-bench' };
    const base = Number(option('port', 9141));
    const settings = { ...vendor, SHELLM_PROVIDERS: 'claude', SHELLM_CLAUDE_BIN: claude, SHELLM_RPM: '0', SHELLM_CLIENT_RPM: '0' };
    const cold = await gateway('cold', base, { ...settings, SHELLM_WARM: '0', SHELLM_LIVE_MAX: '0' });
    const warm = await gateway('warm', base + 1, { ...settings, SHELLM_LIVE_MAX: '0' });
    const live = await gateway('live', base + 2, settings);
    await sleep(AGE);
    const figures = await measure(waysOf({ mock, vendor, cold, warm, live }));
    const text = report(figures, load);
    console.log(text);
    if (option('md')) writeFileSync(option('md'), text);
    if (option('json')) writeFileSync(option('json'), JSON.stringify(figures, null, 1));
    for (const one of [cold, warm, live]) one.end();
  } finally {
    await clearUp();
    await mock.close();
  }
}

async function clearUp() {
  for (const child of running) child.kill('SIGTERM');
  for (let i = 0; running.size > 0 && i < 50; i++) await sleep(100);
  for (const child of running) child.kill('SIGKILL');
  rmSync(scratch, { recursive: true, force: true });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => clearUp().then(() => process.exit(130)));

main().then(() => process.exit(0), (error) => { console.error(error instanceof Error ? error.message : error); process.exit(1); });
