import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, lastValueFrom, toArray } from 'rxjs';
import { AnswerRecorder, MAX_ANSWER } from './answer-recorder.js';
import { readKeptAnswer } from './kept-answer.js';
import { replay } from './replay.js';
import { Flow } from '../kernel/flow.js';
import { type StreamEnd, type StreamEvent } from '../kernel/stream-event.js';
import { collect } from '../streaming/collect.js';
import { eventStreams, grammarFault } from '../../test/support/event-arbitraries.js';

const start: StreamEvent = { type: 'stream-start', id: 'x', model: 'm', warnings: [], headers: { 'x-request-id': 'r' } };
const end: StreamEnd = { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 2 } };
const textOf = (...pieces: readonly string[]): StreamEvent[] => [
  start,
  { type: 'text-start', block: 0 },
  ...pieces.map((text): StreamEvent => ({ type: 'text-delta', block: 0, text })),
  { type: 'text-end', block: 0 },
  end,
];
const recorded = (events: readonly StreamEvent[]): readonly StreamEvent[] | undefined => {
  const recorder = new AnswerRecorder();
  for (const event of events) recorder.add(event);
  return recorder.answer(events.at(-1) as StreamEnd);
};
const replayed = (events: readonly StreamEvent[], flow?: Flow): Promise<StreamEvent[]> => lastValueFrom(replay(events, flow).pipe(toArray()));

describe('a kept answer', () => {
  it('adds up to what was told, whole and in pieces, and keeps the grammar', async () => {
    let kept = 0;
    await fc.assert(
      fc.asyncProperty(eventStreams(), async (events) => {
        const answer = recorded(events);
        if (!answer) return;
        kept += 1;
        const told = await lastValueFrom(from(events).pipe(collect()));
        const restored = readKeptAnswer(JSON.parse(JSON.stringify({ id: 'i', createdAt: 1, madeAt: 2, events: answer })))?.events ?? [];
        for (const again of [await replayed(restored), await replayed(restored, new Flow())]) {
          expect(grammarFault(again)).toBeUndefined();
          expect(await lastValueFrom(from(again).pipe(collect()))).toEqual(told);
        }
      }),
      { numRuns: 300 },
    );
    expect(kept).toBeGreaterThan(10);
  });

  it('is one delta where many came, without the headers of the request that made it', () => {
    expect(recorded(textOf('a', '', 'b', 'c'))).toEqual([{ type: 'stream-start', id: 'x', model: 'm', warnings: [] }, ...textOf('abc').slice(1)]);
  });

  it.each([
    ['was cut', [...textOf('a').slice(0, -1), { ...end, reason: 'length' }]],
    ['was filtered', [...textOf('a').slice(0, -1), { ...end, reason: 'content-filter' }]],
    ['calls a function', [start, { type: 'tool-call-start', block: 0, callId: 'c', name: 'f' }, { type: 'tool-call-end', block: 0 }, end]],
    ['says nothing', textOf(' ', '\n')],
    ['is too long', textOf(...Array<string>(9).fill('x'.repeat(MAX_ANSWER / 8)))],
  ] as [string, StreamEvent[]][])('is none that %s', (_, events) => {
    expect(recorded(events)).toBeUndefined();
  });

  it('is replayed in pieces of a moderate size, cut between words, never within a character', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(' ', '👩‍👩‍👧'.repeat(90)))), async (words) => {
        const text = words.join(' ');
        const pieces = (await replayed(textOf(text), new Flow())).flatMap((event) => (event.type === 'text-delta' ? [event.text] : []));
        expect(pieces.join('')).toBe(text);
        expect(pieces.every((piece) => piece.length <= 256 && piece.length > 0)).toBe(true);
        expect(pieces.every((piece) => !/^[\udc00-\udfff]/.test(piece))).toBe(true);
      }),
    );
    expect((await replayed(textOf('word '.repeat(100)), new Flow())).filter(({ type }) => type === 'text-delta')).toEqual([
      { type: 'text-delta', block: 0, text: 'word '.repeat(51) },
      { type: 'text-delta', block: 0, text: 'word '.repeat(49) },
    ]);
  });

  it('waits for a client that does not keep up', () => {
    const flow = new Flow();
    const heard: StreamEvent[] = [];
    replay(textOf('word '.repeat(1000)), flow).subscribe((event) => {
      heard.push(event);
      if (heard.length % 5 === 0) flow.pause();
    });
    expect(heard.length).toBe(5);
    flow.resume();
    expect(heard.length).toBe(10);
    while (flow.paused) flow.resume();
    expect(heard.at(-1)).toEqual(end);
  });

  it.each([
    undefined,
    null,
    'x',
    {},
    { id: 'i', createdAt: 1, madeAt: 2, events: [] },
    { id: 'i', createdAt: 1, madeAt: '2', events: [start, end] },
    { id: 'i', createdAt: 1, madeAt: 2, events: [end, start] },
  ])('is none that is not whole: %j', (value) => {
    expect(readKeptAnswer(value)).toBeUndefined();
  });
});
