import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { ProcessPool } from '../src/process-pool/process-pool.js';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { eventually } from './support/eventually.js';
import { forgetFailures } from './support/forget-failures.js';
import { processesOf } from './support/processes.js';

const fake = resolve(import.meta.dirname, '../selftest/fake-claude.mjs');
const ask = (behaviour: string, stream: boolean): object => ({ model: 'claude/sonnet', stream, messages: [{ role: 'user', content: `[[fake ${behaviour}]]` }] });

describe('a CLI that misbehaves', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_CLAUDE_BIN: fake,
      SHELLM_PROVIDERS: 'claude',
      SHELLM_REQUEST_TIMEOUT_MS: '3000',
      SHELLM_TURN_MAX_MS: '6000',
    });
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    forgetFailures(gateway);
  });

  const send = (behaviour: string, stream: boolean): ReturnType<typeof call> => call(`${gateway.url}/v1/chat/completions`, { body: ask(behaviour, stream) });
  const settled = async (): Promise<void> => {
    const pool = gateway.app.get(ProcessPool);
    await eventually(() => pool.capacity().active === 0 && pool.capacity().queued === 0, 5000);
  };

  it.each([
    ['fine', 'whole answer'],
    ['split-utf8', 'naïve 🦀 日本'],
    ['exit-after-answer', 'whole answer'],
    ['result-only', 'whole answer'],
  ])('%s: an answer', async (behaviour, text) => {
    const whole = await send(behaviour, false);
    expect(whole.body).toMatchObject({ choices: [{ message: { content: text }, finish_reason: 'stop' }], usage: { prompt_tokens: 5, completion_tokens: 3 } });
    const streamed = (await send(behaviour, true)).body as string;
    expect(textOf(streamed)).toBe(text);
    expect(streamed).toMatch(/"finish_reason":"stop".*data: \[DONE\]\n\n$/s);
    await settled();
  });

  it.each([
    ['exit1', 502, 'cli_failed', false],
    ['garbage', 502, 'cli_failed', false],
    ['half-line', 502, 'cli_failed', true],
    ['no-result', 502, 'cli_failed', true],
    ['long-line', 502, 'output_limit_exceeded', false],
    ['endless-output', 502, 'output_limit_exceeded', true],
    ['stderr-flood', 502, 'output_limit_exceeded', false],
    ['hang', 504, 'timeout', false],
    ['hang-after-delta', 504, 'timeout', true],
    ['stubborn', 504, 'timeout', true],
  ])(
    '%s: %i %s, never a cut text with stop',
    async (behaviour, status, code, begins) => {
      const whole = await send(behaviour, false);
      // A JSON answer has one time limit; a flood may meet it before its own.
      expect([[status, code], ...(behaviour === 'endless-output' ? [[504, 'timeout']] : [])]).toContainEqual([whole.status, whole.body.error.code]);
      expect(JSON.stringify(whole.body)).not.toMatch(/secret-user|\/home|stack/);

      const streamed = await send(behaviour, true);
      if (begins) {
        expect(streamed.status).toBe(200);
        expect(streamed.body).toContain('"finish_reason":"error"');
        expect(streamed.body).toMatch(new RegExp(`data: \\{"error":\\{"message":"[^"]+","type":"api_error","param":null,"code":"${code}"\\}\\}\\n\\n$`));
        expect(streamed.body).not.toMatch(/\[DONE\]|"finish_reason":"stop"/);
      } else {
        expect([streamed.status, streamed.body.error.code]).toEqual([status, code]);
      }
      await settled();
    },
    30_000,
  );

  it('leaves no slot taken and no process behind', async () => {
    await settled();
    const running = (): number => processesOf(gateway.dataDir).length;
    // The warm spare, and those that wait for their conversation's next turn.
    await eventually(() => running() <= 1 + 4, 5000);
    expect((await send('fine', false)).status).toBe(200);
  });
});

function textOf(stream: string): string {
  return stream
    .split('\n\n')
    .filter((frame) => frame.startsWith('data: {'))
    .map((frame) => (JSON.parse(frame.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? '')
    .join('');
}
