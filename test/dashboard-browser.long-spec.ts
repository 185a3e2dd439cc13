import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser } from 'playwright-core';
import { call } from './support/boot.js';
import { findChromium, startChromium } from './support/chromium.js';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.js';
import { WatchedPage } from './support/watched-page.js';

const chromium = findChromium();
const withChromium = chromium === undefined ? describe.skip : describe;
const key = 'sk-admin-of-the-browser-spec';
const pages = ['', 'live', 'requests', 'usage', 'providers', 'jobs', 'keys', 'playground'];
const looks = [320, 390, 820, 1280, 1920].flatMap((width) => (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })));

withChromium('the dashboard in a browser, at every width', () => {
  let browser: Browser;
  let gateway: SpawnedGateway;
  beforeAll(async () => {
    browser = await startChromium(chromium!);
    gateway = await spawnGateway({ SHELLM_CLIENTS: JSON.stringify({ root: { key, scopes: ['admin', 'completions'] } }), SHELLM_PROVIDERS: 'demo' });
    for (const content of ['Hello', '[[demo fail=before]]']) {
      await call(`${gateway.url}/v1/chat/completions`, { headers: { authorization: `Bearer ${key}` }, body: { model: 'demo', messages: [{ role: 'user', content }] } });
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all([browser.close(), gateway.dispose()]);
  });

  it.each(looks)(
    'can be read: $width wide, $colorScheme',
    async ({ width, colorScheme }) => {
      const watched = await WatchedPage.open(browser, { viewport: { width, height: 900 }, colorScheme });
      const { page } = watched;
      await page.goto(`${gateway.url}/dashboard/`);
      await page.getByLabel('API key').fill(key);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      const found: string[] = [];
      for (const path of pages) {
        await page.goto(`${gateway.url}/dashboard/${path}`);
        await page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
        found.push(...(await watched.barriers()).map((barrier) => `/${path}: ${barrier}`));
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
        if (over > 0) found.push(`/${path} is ${over} too wide`);
      }
      await watched.close();
      expect([...found, ...watched.faults]).toEqual([]);
    },
    120_000,
  );
});
