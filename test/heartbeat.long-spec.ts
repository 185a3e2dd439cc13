import { describe, expect, it } from '@jest/globals';
import { bootGateway } from './support/boot.js';

describe('a silent stream', () => {
  it('gets its headers and a comment after 15 s, and its answer after that', async () => {
    const gateway = await bootGateway();
    const began = performance.now();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo words=2 first=17000]]' }] }),
    });
    const headersAfter = performance.now() - began;
    const text = await response.text();
    expect(headersAfter).toBeGreaterThan(14_000);
    expect(headersAfter).toBeLessThan(16_500);
    expect(text).toMatch(/^: keep-alive\n\ndata: .*word1.*word2.*data: \[DONE\]\n\n$/s);

    const failing = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'demo', stream: true, messages: [{ role: 'user', content: '[[demo words=1 first=16000 crash=1]]' }] }),
    });
    expect(failing.status).toBe(200);
    expect(await failing.text()).toMatch(/^: keep-alive\n\n.*"finish_reason":"error".*"code":"cli_failed"\}\}\n\n$/s);
    await gateway.close();
  }, 60_000);
});
