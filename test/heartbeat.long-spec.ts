import { describe, expect, it } from '@jest/globals';
import { bootGateway } from './support/boot.js';
import { type Answer, chunkFrame, MockVendor } from './support/mock-vendor.js';

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

  it('does so too where the vendor is silent', async () => {
    const vendor = await MockVendor.start();
    const gateway = await bootGateway({ OPENAI_BASE_URL: `${vendor.url}/v1`, OPENAI_API_KEY: 'sk-x' });
    const ask = async (): Promise<[Response, number]> => {
      const began = performance.now();
      const response = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
      });
      return [response, performance.now() - began];
    };
    const answers: Answer[] = [
      (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(`${chunkFrame({ content: 'late' }, 'stop')}data: [DONE]\n\n`),
      (response) => void response.writeHead(422, { 'content-type': 'application/json' }).end('{"error":{"message":"no","type":"t","param":"p","code":"c"}}'),
    ];
    vendor.answer(async (response, request) => {
      const answer = answers.shift();
      await new Promise((resolve) => setTimeout(resolve, 16_500));
      await answer?.(response, request);
    });
    const [[late, lateAfter], [refused]] = await Promise.all([ask(), ask()]);
    expect(lateAfter).toBeLessThan(16_400);
    const texts = [await late.text(), await refused.text()].sort();
    expect(late.headers.get('x-shellm-provider')).toBe('openai');
    expect(texts.some((text) => /^: keep-alive\n\ndata: .*late.*data: \[DONE\]\n\n$/s.test(text))).toBe(true);
    expect(texts.some((text) => /^: keep-alive\n\n.*"finish_reason":"error".*\{"error":\{"message":"no","type":"t","param":"p","code":"c"\}\}\n\n$/s.test(text))).toBe(true);
    await gateway.close();
    await vendor.close();
  }, 60_000);
});
