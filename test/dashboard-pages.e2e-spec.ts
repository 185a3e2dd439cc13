import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { rawExchange } from './support/raw-http.js';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The pages as `npm run build` makes them. */
describe('the dashboard’s pages', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({ SHELLM_PROVIDERS: 'demo', SHELLM_CLIENTS: '{"a":{"key":"sk-a"}}' });
  });
  afterAll(() => gateway.close());

  it.each(['/dashboard', '/dashboard/', '/dashboard?tab=1', '/dashboard/requests', '/dashboard/keys', '/dashboard/..%2f..%2fpackage.json'])(
    'gives the page at %s, to everybody, with a strict policy',
    async (path) => {
      const { status, headers, body } = await call(gateway.url + path);
      expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
      expect(headers.get('content-security-policy')).toBe(POLICY);
      expect([headers.get('x-content-type-options'), headers.get('x-frame-options')]).toEqual(['nosniff', 'DENY']);
      expect(body).toMatch(/^<!doctype html>/i);
      // Nothing in it that the policy would stop.
      expect(body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=/);
    },
  );

  it('gives what the page names, to be kept for ever', async () => {
    const page = (await call(`${gateway.url}/dashboard`)).body as string;
    const assets = [...page.matchAll(/(?:src|href)="(\/dashboard\/assets\/[^"]+)"/g)].map(([, path]) => path ?? '');
    expect(assets.length).toBeGreaterThan(0);
    for (const path of assets) {
      const { status, headers } = await call(gateway.url + path, { headers: { 'accept-encoding': 'identity' } });
      expect([status, headers.get('cache-control'), headers.get('content-encoding')]).toEqual([200, 'public, max-age=31536000, immutable', null]);
      expect(headers.get('content-type')).toBe(path.endsWith('.js') ? 'text/javascript; charset=utf-8' : path.endsWith('.css') ? 'text/css; charset=utf-8' : expect.any(String));
      const [plain, small] = await Promise.all(['identity', 'br'].map(async (encoding) => (await fetch(gateway.url + path, { headers: { 'accept-encoding': encoding } })).text()));
      expect(small).toBe(plain);
    }
  });

  it.each(['/dashboard/assets/index-Older1.js', '/dashboard/assets/../index.html.map', '/dashboard/api', '/dashboard/api/nothing', '/dashboard/api/../../package.json'])(
    'has nothing at %s',
    async (path) => {
      const { answers } = await rawExchange(gateway.url, `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n`);
      expect(answers).toMatchObject([{ status: 404, body: { error: { code: 'not_found' } } }]);
    },
  );

  it('takes no other method', async () => {
    const { status, body } = await call(`${gateway.url}/dashboard`, { method: 'DELETE' });
    expect([status, body.error.code]).toEqual([405, 'method_not_allowed']);
  });
});
