import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Locator, type Page } from 'playwright-core';
import { call } from './support/boot.js';
import { findChromium, startChromium } from './support/chromium.js';
import { eventually } from './support/eventually.js';
import { Receiver } from './support/receiver.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';
import { WatchedPage } from './support/watched-page.js';

const chromium = findChromium();
const withChromium = chromium === undefined ? describe.skip : describe;
const named = chromium === undefined ? 'the dashboard in a browser: not tested, there is no Chromium on PATH nor in CHROMIUM_BIN' : 'the dashboard in a browser';

const adminKey = 'sk-admin-of-the-browser-spec';
const appKey = 'sk-app-of-the-browser-spec';
const clients = JSON.stringify({ root: { key: adminKey, scopes: ['admin', 'completions'] }, app: { key: appKey } });
const asApp = { authorization: `Bearer ${appKey}` };
const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };
const pages = ['', 'live', 'requests', 'usage', 'providers', 'jobs', 'keys', 'playground'];

// A machine that is busy paints slowly.
jest.setTimeout(60_000);

withChromium(named, () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  let receiver: Receiver;
  let watched: WatchedPage;
  let page: Page;

  const ask = (body: object): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { headers: asApp, body: { model: 'demo', ...body } });
  const say = (content: string): object => ({ messages: [{ role: 'user', content }] });
  const button = (name: string | RegExp, within: Page | Locator = page): Locator => within.getByRole('button', { name });
  const open = (path: string): Promise<unknown> => page.goto(`${gateway.url}/dashboard/${path}`);
  const heading = (name: string | RegExp): Locator => page.getByRole('heading', { name, level: 1 });

  async function signIn(key: string): Promise<void> {
    await page.getByLabel('API key').fill(key);
    await button('Sign in').click();
  }

  beforeAll(async () => {
    browser = await startChromium(chromium!);
    receiver = await Receiver.start();
    const dataDir = await mkdtemp(join(tmpdir(), 'browser-'));
    const config = { callbacks: { allow: ['127.0.0.1/32'] }, prices: { 'demo/demo': { input: 500, output: 2500 } } };
    await writeFile(join(dataDir, 'shellm.config.yaml'), JSON.stringify(config));
    gateway = await spawnGateway({ SHELLM_DATA_DIR: dataDir, SHELLM_CLIENTS: clients, SHELLM_PROVIDERS: 'demo' });
    await Promise.all([ask(say('Good morning')), ask({ ...say('Hi'), stream: true }), ask({ ...say('Hi'), model: 'claude/opus' }), ask(say('[[demo fail=before]]'))]);
    await call(`${gateway.url}/completions`, { headers: asApp, body: { model: 'demo', prompt: 'A job', callback_url: `${receiver.url}/told` } });
    await eventually(() => receiver.callbacks.length === 1, 10_000);
  });
  afterAll(async () => {
    await Promise.all([browser.close(), gateway.dispose(), receiver.close()]);
  });

  beforeEach(async () => {
    watched = await WatchedPage.open(browser, { viewport: wide, colorScheme: 'light', acceptDownloads: true, permissions: ['clipboard-read', 'clipboard-write'] });
    page = watched.page;
    page.setDefaultTimeout(10_000);
  });
  afterEach(async () => {
    const { faults } = watched;
    await watched.close();
    expect(faults).toEqual([]);
  });

  it('lets in nobody without a key, nor with one that is no admin’s, and lets an admin out again', async () => {
    await open('usage');
    await heading('Sign in').waitFor();
    expect(await watched.barriers()).toEqual([]);
    watched.expect(/the server responded with a status of 40[13]/);
    await signIn('sk-nobody');
    await page.getByText('This API key is not known.').waitFor();
    await signIn(appKey);
    await page.getByText('needs a key with the scope "admin"').waitFor();
    await signIn(adminKey);
    await heading('Usage').waitFor();
    expect(await page.evaluate('document.cookie')).toBe('');
    await button('Sign out').click();
    await heading('Sign in').waitFor();
  });

  it('has pages that everybody can read: light and dark, wide and narrow', async () => {
    await open('');
    await signIn(adminKey);
    await heading('Overview').waitFor();
    const found: string[] = [];
    for (const path of pages) {
      await page.setViewportSize(wide);
      await open(path);
      await page.locator('[aria-busy=true]').waitFor({ state: 'detached' });
      // The other two of the four are in dashboard-browser.long-spec.ts.
      for (const [size, colorScheme] of [
        [wide, 'light'],
        [narrow, 'dark'],
      ] as const) {
        await page.setViewportSize(size);
        await page.emulateMedia({ colorScheme });
        const barriers = await watched.barriers();
        found.push(...barriers.map((barrier) => `/${path} ${size.width} ${colorScheme}: ${barrier}`));
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        if (over > 0) found.push(`/${path} is ${over} wider than ${size.width}`);
      }
    }
    expect(found).toEqual([]);
  });

  it('issues a key that is shown once, changes it, gives it another value, and revokes it', async () => {
    const status = async (key: string): Promise<number> => (await call(`${gateway.url}/v1/models`, { headers: { authorization: `Bearer ${key}` } })).status;
    const dialog = page.getByRole('dialog');
    const shown = async (): Promise<string> => (await dialog.locator('code').first().textContent()) ?? '';
    await open('keys');
    await signIn(adminKey);
    await button('Create a key').click();
    await page.getByLabel('Name', { exact: true }).fill('two words');
    watched.expect(/the server responded with a status of 400/);
    await button('Create the key').click();
    await dialog.getByText("Invalid value for 'name'").waitFor();
    await page.getByLabel('Name', { exact: true }).fill('browser');
    await page.getByLabel('Models', { exact: true }).fill('demo/*');
    await page.getByLabel('Budget in tokens').fill('1000');
    expect(await watched.barriers()).toEqual([]);
    await button('Create the key').click();
    await dialog.getByText('you will not see it again').waitFor();
    const key = await shown();
    expect(await status(key)).toBe(200);
    await button('Copy key').click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    expect(await watched.barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    await button('I have copied it').click();
    const row = page.getByRole('row', { name: /browser/ });
    expect(await row.textContent()).toContain('0 of 1 k tokens a month');
    expect(await page.content()).not.toContain(key);

    await button('Edit browser').click();
    await page.getByLabel('Requests a minute').fill('7');
    await button('Save').click();
    await row.getByText('7 a minute').waitFor();

    await button('Rotate browser').click();
    await button('Give it another value').click();
    await dialog.getByText('you will not see it again').waitFor();
    const next = await shown();
    expect([await status(key), await status(next)]).toEqual([401, 200]);
    await button('I have copied it').click();

    await button('Revoke browser').click();
    await dialog.getByText('ends at once').waitFor();
    await button('Revoke browser', dialog).click();
    await row.waitFor({ state: 'detached' });
    expect(await status(next)).toBe(401);
  });

  it('plays: streams, stops, takes the result of a function, shows an error in full, and the code', async () => {
    await open('playground');
    await signIn(adminKey);
    const message = page.getByLabel('Message', { exact: true });
    const answer = page.locator('.turn[data-role=assistant]').last();
    const turn = async (text: string): Promise<void> => {
      await message.fill(text);
      await message.press('Enter');
    };
    await page.getByLabel('Model').fill('demo');
    await turn('[[demo words=40 delay=25]]');
    await answer.getByText('word3 ').waitFor();
    expect(await answer.textContent()).not.toContain('word40');
    await answer.getByText('40 out').waitFor();
    expect(await answer.getByRole('list', { name: 'Figures' }).textContent()).toMatch(/^demofirst word after .+ in all3 tokens in, 40 out$/);

    await turn('[[demo words=500 delay=20]]');
    await answer.getByText('word2 ').waitFor();
    await button('Stop').click();
    await answer.getByText('stopped').waitFor();

    await page.getByLabel('Tools').check();
    await turn('Call get_weather, please');
    await page.getByLabel('What get_weather answers').fill('{"sky":"rain"}');
    await button('Go on').click();
    await answer.getByText('The function answered').waitFor();
    await page.getByLabel('Tools').uncheck();
    await page.getByLabel('JSON answer').check();
    await page.getByLabel('Stream').uncheck();
    await turn('As JSON');
    await answer.getByText('"tags"').waitFor();

    watched.expect(/the server responded with a status of 502/);
    await turn('[[demo fail=before]]');
    const alert = page.getByRole('alert');
    await alert.getByText('The prompt told the demo agent to fail.').waitFor();
    expect(await alert.textContent()).toMatch(/Status 502 · Code cli_failed · Request [\w-]+/);
    for (const [language, words] of [
      ['Python', 'from openai import OpenAI'],
      ['Anthropic', 'client.messages.create('],
      ['JavaScript', 'await client.chat.completions.create('],
      ['curl', `curl ${gateway.url}/v1/chat/completions`],
    ] as const) {
      await button(language).click();
      await page.locator('.code-panel pre', { hasText: words }).waitFor();
    }
    expect(await watched.barriers()).toEqual([]);
  });

  it('shows what was asked: the log with its filters, an error in words, the usage as CSV', async () => {
    await open('requests?outcome=error');
    await signIn(adminKey);
    const rows = page.getByRole('table', { name: 'Requests' }).getByRole('row');
    await rows.nth(1).waitFor();
    expect(await button('Errors').getAttribute('aria-pressed')).toBe('true');
    await page.getByLabel('Client').fill('app');
    await page.getByLabel('Client').press('Enter');
    await page.waitForURL(/client=app/);
    await rows.filter({ hasText: 'provider_unavailable' }).getByRole('button').click();
    const details = page.getByRole('dialog');
    await details.getByText('The provider is not installed').waitFor();
    expect(await watched.barriers()).toEqual([]);
    await button('Close', details).click();

    await page.getByRole('link', { name: 'Usage' }).click();
    await button('model').click();
    await page.getByRole('row', { name: /app opus/ }).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), button('CSV').click()]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv).toMatch(/^\uFEFFclient,model,requests,errors,/);
    expect(csv).toContain('\r\napp,opus,1,1,0,');
  });

  it('shows jobs, tells one again, and erases it', async () => {
    await open('jobs');
    await signIn(adminKey);
    const row = page.getByRole('row', { name: /succeeded/ });
    await row.getByText('delivered').waitFor();
    await row.getByRole('button', { name: /^job_/ }).click();
    await page.getByRole('dialog').getByText('"content": "This is the SheLLM demo agent').waitFor();
    expect(await watched.barriers()).toEqual([]);
    await page.keyboard.press('Escape');
    await button('Tell again', row).click();
    await eventually(() => receiver.callbacks.length === 2, 10_000);
    await row.getByText('delivered').waitFor();
    await button('Erase', row).click();
    await button('Erase it').click();
    await page.getByText('No such jobs.').waitFor();
  });

  it('closes an open gateway with the first key, and is signed in with it', async () => {
    const own = await spawnGateway();
    try {
      await page.goto(`${own.url}/dashboard/keys`);
      await page.getByText('This gateway is open').waitFor();
      await button('Create a key').click();
      await page.getByText('The first key closes the gateway, for good.').waitFor();
      await button('Close the gateway with this key').click();
      const key = await page.getByRole('dialog').locator('code').first().textContent();
      await page.getByText('you will not see it again').waitFor();
      await button('I have copied it').click();
      await page.getByRole('row', { name: /admin \(you\)/ }).waitFor();
      await page.getByText('This gateway is open').waitFor({ state: 'detached' });
      const models = (headers: Record<string, string>): Promise<number> => call(`${own.url}/v1/models`, { headers }).then(({ status }) => status);
      expect([await models({}), await models({ authorization: `Bearer ${key ?? ''}` })]).toEqual([401, 200]);
      await page.reload();
      await page.getByRole('row', { name: /admin \(you\)/ }).waitFor();
    } finally {
      await own.dispose();
    }
  });
});
