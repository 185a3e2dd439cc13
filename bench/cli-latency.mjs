#!/usr/bin/env node
// Time to the first word over the real Claude CLI and a mock vendor, in one interleaved run: straight to the mock, the CLI driven by hand, and the
// gateway, each cold, warm and in a live conversation. Usage: BENCH_CLAUDE=/path/to/claude node cli-latency.mjs [--rounds N] [--md FILE]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, cpus, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMock } from '../test/support/mock-anthropic.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const option = (name, fallback) => (process.argv.includes(`--${name}`) ? process.argv[process.argv.indexOf(`--${name}`) + 1] : fallback);
const rounds = Number(option('rounds', 15));
const claude = resolve(process.env.BENCH_CLAUDE ?? join(here, '../.work/claude-cli/node_modules/@anthropic-ai/claude-code/bin/claude.exe'));
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const question = 'Hello there, how are you today?';
const scratch = mkdtempSync(join(tmpdir(), 'cli-latency-'));
const mock = await startMock({ strict: true });
const ended = [];

const switches = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_TELEMETRY: '1', DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_ATTACHMENTS: '1', CLAUDE_CODE_DISABLE_FILE_MENTIONS: '1',
  CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1', CLAUDE_CODE_DISABLE_AUTO_MEMORY: '1', CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1', DISABLE_AUTO_COMPACT: '1', ENABLE_TOOL_SEARCH: 'false',
  CLAUDE_CODE_MAX_RETRIES: '2', CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK: '1',
};
const flags = [
  '-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose', '--include-partial-messages', '--model', 'sonnet', '--system-prompt', '', '--tools', '',
  '--setting-sources', '', '--strict-mcp-config', '--disable-slash-commands', '--no-session-persistence', '--permission-mode', 'dontAsk', '--thinking-display', 'summarized',
];

/** The CLI by hand: the recipe of the provider without the gateway. */
function byHand() {
  const folder = mkdtempSync(join(scratch, 'hand-'));
  const child = spawn(claude, flags, { cwd: folder, env: { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-bench', ...switches }, stdio: ['pipe', 'pipe', 'ignore'] });
  ended.push(() => child.kill('SIGKILL'));
  let rest = '';
  let hear = () => undefined;
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const line of lines) hear(JSON.parse(line));
  });
  const write = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const user = (content) => write({ type: 'user', client_composed: true, uuid: crypto.randomUUID(), message: { role: 'user', content }, parent_tool_use_id: null, session_id: '' });
  const request = (subtype, fields) => write({ type: 'control_request', request_id: crypto.randomUUID(), request: { subtype, ...fields } });
  return {
    end: () => child.kill('SIGKILL'),
    ask(content, first) {
      const began = performance.now();
      return new Promise((done) => {
        let took;
        hear = ({ type, event }) => {
          if (type === 'stream_event' && event.delta?.type === 'text_delta') took ??= performance.now() - began;
          if (type === 'result') done(took);
        };
        if (first) {
          request('initialize', { systemPrompt: [''] });
          request('set_model', { model: 'sonnet' });
        }
        user(content);
      });
    },
  };
}

async function gateway(name, port, env) {
  const home = join(scratch, name);
  mkdirSync(home);
  const child = spawn(process.execPath, [join(here, '../dist/main.js')], {
    cwd: home,
    env: { PATH: process.env.PATH, HOME: home, SHELLM_DATA_DIR: join(home, 'data'), SHELLM_PORT: String(port), SHELLM_PROVIDERS: 'claude', SHELLM_CLAUDE_BIN: claude, ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-ant-bench', SHELLM_RPM: '0', SHELLM_CLIENT_RPM: '0', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  ended.push(() => child.kill('SIGTERM'));
  for (let tries = 0; tries < 100; tries += 1) {
    if (await fetch(`http://127.0.0.1:${port}/health/live`).then(({ ok }) => ok, () => false)) return `http://127.0.0.1:${port}/v1/chat/completions`;
    await sleep(100);
  }
  throw new Error(`${name} does not start`);
}

/** One streamed chat completion: milliseconds to the first delta with content, and the answer. */
async function chat(url, messages) {
  const began = performance.now();
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'claude/sonnet', stream: true, messages }) });
  let took;
  let text = '';
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body) {
    const frames = (rest + decoder.decode(bytes, { stream: true })).split('\n\n');
    rest = frames.pop();
    for (const frame of frames) {
      if (!frame.startsWith('data: {')) continue;
      const content = JSON.parse(frame.slice(6)).choices?.[0]?.delta?.content;
      if (content) took ??= performance.now() - began;
      text += content ?? '';
    }
  }
  if (took === undefined) throw new Error(`no answer: ${rest}`);
  return { took, text };
}

async function direct() {
  const began = performance.now();
  const response = await fetch(`${mock.url}/v1/messages`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-api-key': 'k' }, body: JSON.stringify({ model: 'claude-sonnet-5-5', max_tokens: 100, stream: true, messages: [{ role: 'user', content: question }] }) });
  let took;
  let text = '';
  for await (const bytes of response.body) {
    text += Buffer.from(bytes).toString();
    if (text.includes('text_delta')) took ??= performance.now() - began;
  }
  return took;
}

const cold = await gateway('cold', 9141, { SHELLM_WARM: '0', SHELLM_LIVE_MAX: '0' });
const warm = await gateway('warm', 9142, { SHELLM_WARM: '1', SHELLM_LIVE_MAX: '0' });
const live = await gateway('live', 9143, { SHELLM_WARM: '1', SHELLM_LIVE_MAX: '4' });
const one = [{ role: 'user', content: question }];
const figures = { direct: [], 'hand, warm': [], 'gateway, cold': [], 'gateway, warm spare': [], 'hand, next turn': [], 'gateway, live next turn': [] };
const SPARE_AGE = 1500; // a spare is at least a second old: its successor is started 0.3 s after a take

for (let round = -1; round < rounds; round += 1) {
  const keep = (name, value) => {
    if (round >= 0) figures[name].push(value);
  };
  keep('direct', await direct());
  const hand = byHand();
  await sleep(SPARE_AGE);
  keep('hand, warm', await hand.ask(question, true));
  keep('hand, next turn', await hand.ask('And again?', false));
  hand.end();
  await sleep(300);
  keep('gateway, cold', (await chat(cold, one)).took);
  await sleep(SPARE_AGE);
  keep('gateway, warm spare', (await chat(warm, one)).took);
  await sleep(300);
  const opening = [{ role: 'user', content: `${question} (${round})` }];
  const { text } = await chat(live, opening);
  await sleep(SPARE_AGE);
  keep('gateway, live next turn', (await chat(live, [...opening, { role: 'assistant', content: text }, { role: 'user', content: 'And again?' }])).took);
  await sleep(SPARE_AGE);
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const paired = (a, b) => median(figures[a].map((value, index) => value - figures[b][index]));
const lines = [
  `Run of ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC. Node ${process.version}, ${cpus().length} cores (${cpus()[0].model}), load average ${loadavg()[0].toFixed(2)}, ${rounds} rounds in alternation. Milliseconds to the first text delta.`,
  '',
  '| way | median | min | max |',
  '| --- | ---: | ---: | ---: |',
  ...Object.entries(figures).map(([name, values]) => `| ${name} | ${median(values).toFixed(1)} | ${Math.min(...values).toFixed(1)} | ${Math.max(...values).toFixed(1)} |`),
  '',
  `Warm / cold: ${(median(figures['gateway, warm spare']) / median(figures['gateway, cold'])).toFixed(2)}. ` +
    `The gateway's own share, median of paired differences: warm ${paired('gateway, warm spare', 'hand, warm').toFixed(1)} ms, next turn ${paired('gateway, live next turn', 'hand, next turn').toFixed(1)} ms.`,
];
console.log(lines.join('\n'));
const file = option('md');
if (file) writeFileSync(file, `${lines.join('\n')}\n`);
for (const end of ended) end();
await mock.close();
await sleep(1500);
rmSync(scratch, { recursive: true, force: true });
