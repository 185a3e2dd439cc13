#!/usr/bin/env node
/**
 * Takes the pictures in docs/images: `npm run screenshots`. A gateway runs with clients, models of a mock vendor and the demo agent; its
 * requests are real ones, then laid over the last day, so that there is something to see over time.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { findChromium, startChromium } from '../test/support/chromium.ts';
import { startMockOpenAI } from '../test/support/mock-openai.mjs';
import { Receiver } from '../test/support/receiver.ts';
import { spawnGateway } from '../test/support/spawn-gateway.ts';

const images = resolve(import.meta.dirname, '../docs/images');
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
const ADMIN = 'sk-admin-of-the-pictures';
const DAY_MS = 86_400_000;

const chromium = findChromium();
if (!chromium) throw new Error('There is no Chromium: name it in CHROMIUM_BIN.');
const dataDir = await mkdtemp(join(tmpdir(), 'pictures-'));
const vendor = await startMockOpenAI({ models: ['gpt-5.5', 'gpt-5.5-mini', 'text-embedding-3-small'] });
const llama = await startMockOpenAI({ models: ['llama-3.3-70b', 'qwen3-coder'] });
const receiver = await Receiver.start();
receiver.answer = (response, { path }) => response.writeHead(path === '/broken' ? 500 : 204).end();
await writeFile(
  join(dataDir, 'shellm.config.yaml'),
  JSON.stringify({
    aliases: { fast: 'openai/gpt-5.5-mini', smart: ['openai/gpt-5.5', 'demo'] },
    providers: { 'gpu-box': { base_url: `${llama.url}/v1`, default_model: 'llama-3.3-70b' } },
    callbacks: { allow: ['127.0.0.1/32'] },
    prices: { 'openai/gpt-5.5': { input: 2.5, output: 15 }, 'openai/gpt-5.5-mini': { input: 0.4, output: 2 } },
  }),
);
const environment = {
  SHELLM_DATA_DIR: dataDir,
  SHELLM_CLIENTS: JSON.stringify({ ops: { key: ADMIN, scopes: ['admin', 'completions'] } }),
  OPENAI_API_KEY: 'sk-mock',
  OPENAI_BASE_URL: `${vendor.url}/v1`,
  SHELLM_PROVIDERS: 'openai,gpu-box,claude,demo',
  SHELLM_MAX_CONCURRENT: '4',
};

let gateway = await spawnGateway(environment);
const keys = await issueKeys();
await makeTraffic(keys);
await spread();
const browser = await startChromium(chromium);
try {
  await mkdir(images, { recursive: true });
  await takePictures();
} finally {
  await browser.close();
  await gateway.dispose();
  await Promise.all([vendor.close(), llama.close(), receiver.close()]);
  await rm(dataDir, { recursive: true, force: true });
}

async function call(path, key, body, method = body === undefined ? 'GET' : 'POST', signal) {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const response = await fetch(gateway.url + path, { method, headers, signal, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  const text = await response.text();
  return response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
}

async function issueKeys() {
  const soon = new Date(Date.now() + 60 * DAY_MS).toISOString().slice(0, 10);
  const wanted = [
    { name: 'shop', models: ['openai/*', 'gpu-box/*', 'demo/*'], rpm: 120, budget: { usd: 0.5, period: 'day' } },
    { name: 'support-bot', rpm: 60, max_concurrent: 4, budget: { usd: 5, period: 'month' }, expires_at: soon },
    { name: 'notebook', models: ['openai/gpt-5.5-mini'], budget: { tokens: 36_000, period: 'day' } },
    { name: 'grafana', scopes: ['metrics'] },
  ];
  const made = {};
  for (const terms of wanted) made[terms.name] = (await call('/admin/keys', ADMIN, terms)).key;
  return made;
}

/** What the mock vendor is told to say, and to have counted. */
function scripted(text, usage, more = {}) {
  return `${text} [[mock:${JSON.stringify({ text: 'Of course. Here is what I found for you.', usage, ...more })}]]`;
}

async function makeTraffic({ shop, 'support-bot': bot, notebook }) {
  const chat = (key, model, content, more = {}) => call('/v1/chat/completions', key, { model, messages: [{ role: 'user', content }], ...more }).catch(() => undefined);
  const rounds = Array.from({ length: 48 }, (_, round) => round);
  const go = async (round) => {
    const usage = { input: 900 + 217 * (round % 7), cached: 128 * (round % 4), output: 180 + 61 * (round % 9), reasoning: round % 3 === 0 ? 64 : 0 };
    const delay = { delayMs: 120 + 83 * (round % 6), intervalMs: 12 + 9 * (round % 5) };
    await chat(shop, round % 4 === 0 ? 'openai/gpt-5.5' : 'fast', scripted('Describe this product', usage, delay), { stream: round % 3 > 0 });
    await chat(bot, 'openai/gpt-5.5', scripted('Answer this mail', { ...usage, input: usage.input * 2 }, delay), { stream: true });
    if (round % 3 === 0) await chat(notebook, 'openai/gpt-5.5-mini', scripted('Sum this up', usage, delay));
    if (round % 2 === 0) await chat(shop, 'gpu-box/llama-3.3-70b', scripted(`Is order ${4000 + round} on its way?`, usage, delay), { stream: true });
    if (round % 8 === 2) await chat(bot, 'openai/gpt-5.5', scripted('Answer', usage, { status: 500 }));
    if (round % 16 === 4) await chat(shop, 'claude/opus', 'Hello');
    if (round % 16 === 5) await chat(bot, 'demo', '[[demo fail=before]]');
    if (round % 12 === 7) {
      const body = { model: 'openai/gpt-5.5', messages: [{ role: 'user', content: scripted('Think long', usage, { firstMs: 5000 }) }], stream: true };
      await call('/v1/chat/completions', bot, body, 'POST', AbortSignal.timeout(400)).catch(() => undefined);
    }
  };
  // Six ways at once.
  await Promise.all(
    [0, 1, 2, 3, 4, 5].map(async (way) => {
      for (const round of rounds.filter((each) => each % 6 === way)) await go(round);
    }),
  );
  for (const path of ['/done', '/done', '/broken']) await call('/completions', shop, { model: 'demo', prompt: 'Write the newsletter of the week', callback_url: receiver.url + path });
  await call('/v1/chat/completions', bot, { model: 'openai/gpt-5.5', messages: [{ role: 'user', content: scripted('Sort these mails', {}, { status: 401 }) }], callback_url: `${receiver.url}/done` });
  await sleep(2500);
}

/** The gateway is stopped for it: each request is moved into the last day, more of them into its working hours. */
async function spread() {
  gateway.process.kill('SIGTERM');
  await gateway.exited;
  const database = new DatabaseSync(join(dataDir, 'shellm.db'));
  const rows = database.prepare('SELECT id FROM usage ORDER BY started_at').all();
  const now = Date.now();
  const weights = rows.map((_, at) => 1.5 + Math.sin((at / rows.length) * Math.PI * 2) + 0.7 * Math.sin(at * 1.7));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const move = database.prepare('UPDATE usage SET started_at = ? WHERE id = ?');
  let passed = 0;
  rows.forEach(({ id }, at) => {
    passed += weights[at];
    move.run(Math.round(now - (1 - passed / whole) * 0.97 * DAY_MS - 60_000), id);
  });
  database.close();
  gateway = await spawnGateway(environment);
}

async function takePictures() {
  for (const theme of ['light', 'dark']) {
    const page = await openPage(WIDE, theme);
    for (const name of ['overview', 'requests', 'usage', 'providers', 'jobs', 'keys']) {
      await page.goto(`${gateway.url}/dashboard/${name === 'overview' ? '' : name}`);
      await take(page, `dashboard-${name}-${theme}`);
    }
    await page.context().close();
  }
  for (const [name, theme] of [
    ['overview', 'dark'],
    ['requests', 'light'],
  ]) {
    const page = await openPage(PHONE, theme);
    await page.goto(`${gateway.url}/dashboard/${name === 'overview' ? '' : name}`);
    await take(page, `dashboard-${name}-phone`);
    await page.context().close();
  }
  for (const theme of ['light', 'dark']) {
    const page = await openPage(WIDE, theme);
    await takePlayground(page, theme);
    await takeLive(page, theme);
    await page.context().close();
  }
  const docs = await browser.newPage({ viewport: WIDE, colorScheme: 'light' });
  await docs.goto(`${gateway.url}/docs`);
  await docs.locator('.opblock').first().waitFor();
  await take(docs, 'swagger-ui');
}

async function openPage(viewport, colorScheme) {
  const context = await browser.newContext({ viewport, colorScheme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`${gateway.url}/dashboard/`);
  await page.getByLabel('API key').fill(ADMIN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  return page;
}

async function take(page, name) {
  await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  await sleep(600);
  await page.screenshot({ path: join(images, `${name}.png`) });
  process.stdout.write(`${name}\n`);
}

/** With something under way. */
async function takeLive(page, theme) {
  const stop = new AbortController();
  const busy = [
    [keys.shop, '[[demo words=900 delay=60]]'],
    [keys['support-bot'], '[[demo words=900 delay=45]]'],
    [keys['support-bot'], '[[demo words=900 delay=70]]'],
  ].map(([key, content]) => call('/v1/chat/completions', key, { model: 'demo', messages: [{ role: 'user', content }], stream: true }, 'POST', stop.signal).catch(() => undefined));
  await page.goto(`${gateway.url}/dashboard/live`);
  await sleep(6000);
  await page.screenshot({ path: join(images, `dashboard-live-${theme}.png`) });
  process.stdout.write(`dashboard-live-${theme}\n`);
  stop.abort();
  await Promise.all(busy);
}

/** A function is called, its result given, and the answer read. */
async function takePlayground(page, theme) {
  await page.goto(`${gateway.url}/dashboard/playground`);
  await page.getByLabel('Model').fill('demo');
  await page.getByLabel('Tools').check();
  await page.getByLabel('Message', { exact: true }).fill('What is the weather in Oslo? [[call get_weather {"city": "Oslo"}]]');
  await page.getByRole('button', { name: 'Send' }).click();
  await page.getByLabel('What get_weather answers').fill('{"temperature": 4, "sky": "rain"}');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.locator('.said', { hasText: 'The function answered' }).waitFor();
  await page.getByRole('button', { name: 'JavaScript' }).click();
  await page.getByLabel('Tools').uncheck();
  await page.evaluate('document.activeElement?.blur(); scrollTo(0, 0)');
  await take(page, `dashboard-playground-${theme}`);
}
