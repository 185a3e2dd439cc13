import { describe, expect, it } from '@jest/globals';
import { concat, from, lastValueFrom, tap, throwError, toArray } from 'rxjs';
import { createRedactor } from './create-redactor.js';
import { redactEvents } from './redact-events.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { secretSamples } from '../../test/support/secret-samples.js';

const redactor = createRedactor();
const key = secretSamples[0]![1];
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } };
const run = (events: readonly StreamEvent[]): Promise<StreamEvent[]> => lastValueFrom(from(events).pipe(redactEvents(redactor), toArray()));

describe('redactEvents', () => {
  it('passes clean events as the same objects', async () => {
    const events: StreamEvent[] = [
      { type: 'stream-start', id: 'a', model: 'm', warnings: [] },
      { type: 'text-start', block: 0 },
      { type: 'text-delta', block: 0, text: 'It is' },
      { type: 'text-delta', block: 0, text: ' so.' },
      { type: 'text-end', block: 0 },
      { type: 'tool-call-start', block: 1, callId: 'sk', name: 'npm' },
      { type: 'tool-call-delta', block: 1, json: '{"a":"b\\n"}' },
      { type: 'tool-call-end', block: 1 },
      end,
    ];
    const passed = await run(events);
    expect(passed).toHaveLength(events.length);
    passed.forEach((event, at) => {
      expect(event).toBe(events[at]);
    });
  });

  it('keeps blocks apart, drops empty deltas, gives out what is held before the end of its block', async () => {
    const half = key.length >> 1;
    expect(
      await run([
        { type: 'text-start', block: 0 },
        { type: 'reasoning-start', block: 1 },
        { type: 'text-delta', block: 0, text: key.slice(0, half) },
        { type: 'reasoning-delta', block: 1, text: 'ask sk-' },
        { type: 'text-delta', block: 0, text: key.slice(half) },
        { type: 'reasoning-end', block: 1 },
        { type: 'text-delta', block: 0, text: ' done sk' },
        { type: 'text-end', block: 0 },
        end,
      ]),
    ).toEqual([
      { type: 'text-start', block: 0 },
      { type: 'reasoning-start', block: 1 },
      { type: 'text-delta', block: 0, text: '[REDACTED:anthropic-key]' },
      { type: 'reasoning-delta', block: 1, text: 'ask ' },
      { type: 'reasoning-delta', block: 1, text: 'sk-' },
      { type: 'reasoning-end', block: 1 },
      { type: 'text-delta', block: 0, text: ' done ' },
      { type: 'text-delta', block: 0, text: 'sk' },
      { type: 'text-end', block: 0 },
      end,
    ]);
  });

  it('keeps the JSON of a tool call valid', async () => {
    const json = JSON.stringify({ text: `key:\n${key}`, more: [1] });
    const events = await run([...[...json].map((character): StreamEvent => ({ type: 'tool-call-delta', block: 2, json: character })), { type: 'tool-call-end', block: 2 }]);
    const joined = events.map((event) => (event.type === 'tool-call-delta' ? event.json : '')).join('');
    expect(JSON.parse(joined)).toEqual({ text: 'key:\n[REDACTED:anthropic-key]', more: [1] });
  });

  it('drops what is held when the provider fails', async () => {
    const seen: StreamEvent[] = [];
    const failing = concat(
      from<StreamEvent[]>([{ type: 'text-delta', block: 0, text: 'a sk-ant-1234' }]),
      throwError(() => new Error('gone')),
    );
    await expect(
      lastValueFrom(
        failing.pipe(
          redactEvents(redactor),
          tap((event) => seen.push(event)),
        ),
      ),
    ).rejects.toThrow('gone');
    expect(seen).toEqual([{ type: 'text-delta', block: 0, text: 'a ' }]);
  });

  it.each([
    ['kept', ['I think, ', 'so sk- and all'], true],
    ['changed', ['my key is ', key, ' indeed'], false],
    ['changed across deltas', [key.slice(0, 9), key.slice(9)], false],
  ])('takes the signature from reasoning that it changed: %s', async (_, texts, signed) => {
    const events = await run([
      { type: 'reasoning-start', block: 3 },
      ...texts.map((text): StreamEvent => ({ type: 'reasoning-delta', block: 3, text })),
      { type: 'reasoning-end', block: 3, signature: 'sig' },
      end,
    ]);
    expect(events.at(-2)).toEqual({ type: 'reasoning-end', block: 3, ...(signed ? { signature: 'sig' } : {}) });
  });

  it('leaves an answer in JSON what it is, whatever secret is in its strings', async () => {
    const answer = async (text: string): Promise<string> => {
      const events: StreamEvent[] = [{ type: 'text-start', block: 0 }, ...[...text].map((piece): StreamEvent => ({ type: 'text-delta', block: 0, text: piece })), end];
      const told = await lastValueFrom(from(events).pipe(redactEvents(redactor, 'json'), toArray()));
      return told.map((event) => (event.type === 'text-delta' ? event.text : '')).join('');
    };
    for (const [kind, secret] of secretSamples) {
      const told = await answer(JSON.stringify({ secret, nested: [secret], line: `a\n"${secret}"` }));
      expect([kind, JSON.parse(told)]).toEqual([kind, { secret: expect.any(String), nested: [expect.any(String)], line: expect.stringMatching(/^a\n"/) }]);
      expect(told).toContain('[REDACTED:');
      expect(told).not.toContain(JSON.stringify(secret).slice(1, -1));
    }
  });
});
