// What a request pays for being written down: CPU time of the gateway a request with SHELLM_USAGE on and off, over dist, in alternation. A vendor that costs next to nothing
// answers; the gateway's CPU time is read from /proc, so that neither the vendor's nor the client's is in it. DATABASE_URL: over PostgreSQL, else SQLite.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));
if (!existsSync(main)) {
  console.error('dist is missing: run `npm run build` first');
  process.exit(1);
}
const ROUNDS = Number(process.env.ROUNDS ?? 8);
const REQUESTS = Number(process.env.REQUESTS ?? 3000);
const AT_ONCE = 32;
const TICKS_PER_SECOND = 100;

const usage = { prompt_tokens: 12, completion_tokens: 24, total_tokens: 36 };
const head = { id: 'chatcmpl-1', created: 1, model: 'bench' };
const whole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(24) }, finish_reason: 'stop' }],
  usage,
});
const chunk = (choices, more) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const words = Array.from({ length: 24 }, () => chunk([{ index: 0, delta: { content: 'word ' }, finish_reason: null }]));
const last = `${chunk([{ index: 0, delta: {}, finish_reason: 'stop' }])}${chunk([], { usage })}data: [DONE]\n\n`;

const vendor = createServer((asked, answer) => {
  let body = '';
  asked.setEncoding('latin1').on('data', (piece) => (body += piece));
  asked.on('end', () => {
    if (!body.includes('"stream":true')) return answer.writeHead(200, { 'content-type': 'application/json' }).end(whole);
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const word of words) answer.write(word);
    return answer.end(last);
  });
});
await new Promise((resolve) => vendor.listen(0, '127.0.0.1', resolve));
const vendorUrl = `http://127.0.0.1:${vendor.address().port}/v1`;

async function start(switched) {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-usage-'));
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: dataDir,
    SHELLM_DATA_DIR: dataDir,
    SHELLM_PORT: '0',
    SHELLM_RPM: '0',
    SHELLM_CLIENT_RPM: '0',
    SHELLM_PROVIDERS: 'openai',
    OPENAI_BASE_URL: vendorUrl,
    OPENAI_API_KEY: 'sk-bench',
    SHELLM_USAGE: switched,
    LOG_LEVEL: 'info',
    ...(process.env.DATABASE_URL ? { DATABASE_URL: process.env.DATABASE_URL, SHELLM_KEY_SECRET: 'k'.repeat(40), SHELLM_WEBHOOK_SECRET: `whsec_${'A'.repeat(43)}=` } : {}),
  };
  const child = spawn(process.execPath, [main], { cwd: dataDir, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (piece) => {
      if (text !== undefined) text += piece;
      const found = /"url":"(http:[^"]+)"/.exec(text ?? '')?.[1];
      if (!found) return;
      text = undefined;
      resolve(found);
    });
    child.once('exit', () => reject(new Error('the gateway ended')));
  });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const ask = (body) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${url}/v1/chat/completions`,
        { method: 'POST', agent, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } },
        (answer) => {
          if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
          answer.resume().on('end', resolve);
        },
      );
      sent.on('error', reject).end(body);
    });
  return { child, ask, end: () => (child.kill('SIGTERM'), new Promise((resolve) => child.once('exit', () => resolve(rmSync(dataDir, { recursive: true, force: true }))))) };
}

/** CPU time of a process, in microseconds. */
function cpuOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / TICKS_PER_SECOND;
}

async function round({ child, ask }, body, requests) {
  const before = cpuOf(child.pid);
  let left = requests;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        await ask(body);
      }
    }),
  );
  // What was gathered is written by then.
  await new Promise((resolve) => setTimeout(resolve, 600));
  return (cpuOf(child.pid) - before) / requests;
}

const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
const [on, off] = [await start('on'), await start('off')];
for (const [name, stream] of [
  ['JSON', false],
  ['stream of 24 words', true],
]) {
  const body = JSON.stringify({ model: 'openai/bench', messages: [{ role: 'user', content: 'word '.repeat(12) }], ...(stream ? { stream } : {}) });
  for (const each of [on, off]) await round(each, body, REQUESTS);
  const values = { on: [], off: [] };
  for (let at = 0; at < ROUNDS; at += 1) {
    for (const [switched, gateway] of at % 2
      ? [
          ['on', on],
          ['off', off],
        ]
      : [
          ['off', off],
          ['on', on],
        ])
      values[switched].push(await round(gateway, body, REQUESTS));
  }
  const ratio = median(values.on.map((value, at) => value / values.off[at]));
  console.log(
    `${name.padEnd(22)} on ${median(values.on).toFixed(0)} us, off ${median(values.off).toFixed(0)} us a request; ratio ${ratio.toFixed(3)} (${values.on.map((value, at) => (value / values.off[at]).toFixed(2)).join(' ')})`,
  );
}
await Promise.all([on.end(), off.end()]);
vendor.close();
vendor.closeAllConnections();
