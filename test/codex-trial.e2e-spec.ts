import { it, jest } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { findInstalledCli } from './support/installed-cli.js';
import { startMockOpenAI } from './support/mock-openai.mjs';
const bin = findInstalledCli('codex')!;
const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
const user = (content: string): object => ({ role: 'user', content });
const ask = (g: Gateway, content: string, more: object = {}) => call(`${g.url}/v1/chat/completions`, { body: { model: 'codex', messages: [user(content)], fallback: false, ...more } });
const say = (p: string, d: object) => `${p} [[mock:${JSON.stringify(d)}]]`;
jest.setTimeout(120_000);
const log = (...a: unknown[]) => process.stderr.write(a.map((x) => (typeof x === 'string' ? x : JSON.stringify(x))).join(' ') + '\n');
it('trial', async () => {
  const vendor = await startMockOpenAI();
  const tmpBefore = new Set(readdirSync('/tmp'));
  const g = await bootGateway({ PATH, SHELLM_CODEX_BIN: bin, SHELLM_PROVIDERS: 'codex', CODEX_API_KEY: 'sk-codex-test', SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1` }) });
  const calls = () => vendor.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/responses')).length;
  for (const status of [400, 404, 409, 413, 422, 403, 502]) {
    const n = calls();
    const t = await ask(g, say('CANARYPROMPT', { status, errorMessage: 'Bad seed.' }));
    log(status, t.status, t.body.error, 'calls', calls() - n);
    const { forgetFailures } = await import('./support/forget-failures.js'); forgetFailures(g);
    if (status === 403) break;
  }
  await g.close();
  const g2 = await bootGateway({ PATH, SHELLM_CODEX_BIN: bin, SHELLM_PROVIDERS: 'codex', CODEX_API_KEY: 'sk-codex-test', SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1` }) });
  let n = calls();
  let t = await ask(g2, say('tool', { tool: { name: 'exec_command', arguments: { cmd: 'ls' } } }));
  log('tool', t.status, t.body.error ?? t.body.choices[0], t.body.usage, 'calls', calls() - n);
  n = calls();
  const first = say('big', { text: 'one', usage: { input: 900000, output: 3 } });
  t = await ask(g2, first);
  log('big', t.status, t.body.usage, 'calls', calls() - n);
  n = calls();
  t = await ask(g2, '', { messages: [user(first), { role: 'assistant', content: 'one' }, user('two')] });
  log('after big', t.status, t.body.error ?? t.body.choices[0], 'calls', calls() - n, vendor.requests.slice(-2).map((r) => r.body?.input?.map?.((i) => [i.type, i.role])));
  n = calls();
  t = await ask(g2, '', { messages: [user('x '.repeat(400000)), { role: 'assistant', content: 'one' }, user('three')] });
  log('long history', t.status, t.body.error ?? t.body.choices?.[0], 'calls', calls() - n);
  await new Promise((r) => setTimeout(r, 1500));
  const hits: string[] = [];
  for (const f of readdirSync(g2.dataDir, { recursive: true, encoding: 'utf8' })) { const p = join(g2.dataDir, f); try { if (statSync(p).isFile() && /CANARYPROMPT|\[\[mock:/.test(readFileSync(p, 'latin1'))) hits.push(f); } catch {} }
  log('on disk', hits);
  await g2.close();
  log('tmp new', readdirSync('/tmp').filter((f) => !tmpBefore.has(f) && !f.startsWith('gateway-')));
  await vendor.close();
  // login, dead vendor
  const home = mkdtempSync(join(tmpdir(), 'codex-user-')); mkdirSync(join(home, '.codex'));
  const now = Math.floor(Date.now() / 1000);
  const token = `e30.${Buffer.from(JSON.stringify({ exp: now + 3600, 'https://api.openai.com/auth': { chatgpt_plan_type: 'plus', chatgpt_account_id: 'a' } })).toString('base64url')}.x`;
  writeFileSync(join(home, '.codex/auth.json'), JSON.stringify({ auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens: { id_token: token, access_token: token, refresh_token: 'rt', account_id: 'a' }, last_refresh: new Date().toISOString() }));
  const g3 = await bootGateway({ PATH, HOME: home, SHELLM_CODEX_BIN: bin, SHELLM_PROVIDERS: 'codex', SHELLM_CODEX_CONFIG: JSON.stringify({ openai_base_url: `${vendor.url}/v1`, chatgpt_base_url: `${vendor.url}/backend` }) });
  let began = Date.now();
  t = await ask(g3, 'hi'); log('login refused', t.status, t.body.error, Date.now() - began);
  await g3.close();
});
