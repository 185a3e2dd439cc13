import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { firstValueFrom, from, toArray } from 'rxjs';
import { collect } from './collect.js';
import { outputLimit } from './output-limit.js';
import { stopSequences } from './stop-sequences.js';
import { type StreamEvent } from '../kernel/stream-event.js';
import { grammarFault } from '../../test/support/event-arbitraries.js';
import { WatchedSource } from '../../test/support/watched-source.js';

const guess = (): number => 11;
const usage = { inputTokens: 9, outputTokens: 99 };

function said(pieces: readonly string[]): StreamEvent[] {
  return [
    { type: 'stream-start', id: '1', model: 'm', warnings: [], inputTokens: 7 },
    { type: 'text-start', block: 0 },
    ...pieces.map((text): StreamEvent => ({ type: 'text-delta', block: 0, text })),
    { type: 'text-end', block: 0 },
    { type: 'stream-end', reason: 'stop', usage },
  ];
}

const split = (text: string, size: number): string[] => text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];

/** What is left of a text that is complete up to its last character: the rule itself, said plainly. */
function cutPlainly(text: string, stops: readonly string[]): string {
  for (let end = 1; end <= text.length; end++) {
    const done = stops.filter((stop) => text.slice(0, end).endsWith(stop)).sort((a, b) => b.length - a.length)[0];
    if (done !== undefined) return text.slice(0, end - done.length);
  }
  return text;
}

describe('stopSequences', () => {
  const completed = (events: readonly StreamEvent[], stops: readonly string[]) => firstValueFrom(from(events).pipe(stopSequences(stops, guess), collect()));

  it.each([
    ['one two END three', ['END'], 'one two '],
    ['END', ['END'], ''],
    ['no such word', ['END'], 'no such word'],
    ['an unfinished EN', ['END'], 'an unfinished EN'],
    ['EEEND', ['END'], 'EE'],
    ['aabaabaaab!', ['aabaaa'], 'aab'],
    ['first b then a', ['a', 'b'], 'first '],
    ['abcd', ['bc', 'abcd', 'x'], 'a'],
    ['xabc', ['c', 'abc', 'bc'], 'x'],
    ['line\n\nnext', ['\n\n'], 'line'],
    ['smile 😀 on', ['😀'], 'smile '],
  ])('cuts %j at %j', async (text, stops, expected) => {
    expect(cutPlainly(text, stops)).toBe(expected);
    for (const size of [1, 2, 3, 5, 100]) {
      const completion = await completed(said(split(text, size)), stops);
      expect(completion).toMatchObject({ text: expected, reason: 'stop' });
    }
  });

  it('does what the plain rule says for any text, sequences and split', async () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '😀', ' '), maxLength: 14 });
    const stop = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(letters, { maxLength: 6 }), fc.array(stop, { minLength: 1, maxLength: 4 }), async (pieces, stops) => {
        const { text } = await completed(said(pieces), stops);
        expect(text).toBe(cutPlainly(pieces.join(''), stops));
      }),
      { numRuns: 500 },
    );
  });

  it('holds back only what may become a stop sequence', () => {
    const source = new WatchedSource<StreamEvent>();
    let text = '';
    source.stream.pipe(stopSequences(['END.', 'DOG'], guess)).subscribe((event) => {
      if (event.type === 'text-delta') text += event.text;
    });
    const heard = said(['Hello', ' E', 'N', 'D', 'x'])
      .slice(0, -2)
      .map((event) => {
        source.subject.next(event);
        return text;
      });
    expect(heard.slice(2)).toEqual(['Hello', 'Hello ', 'Hello ', 'Hello ', 'Hello ENDx']);
  });

  it('leaves the source at the cut and estimates the usage', async () => {
    const source = new WatchedSource<StreamEvent>();
    const events = firstValueFrom(source.stream.pipe(stopSequences(['END'], guess), toArray()));
    for (const event of said(['12345', '678EN', 'D and more'])) source.subject.next(event);
    expect(source.left).toBe(1);
    expect((await events).slice(2)).toEqual([
      { type: 'text-delta', block: 0, text: '12345' },
      { type: 'text-delta', block: 0, text: '678' },
      { type: 'text-end', block: 0 },
      { type: 'stream-end', reason: 'stop', usage: { inputTokens: 7, outputTokens: 5, estimated: true }, stopSequence: 'END' },
    ]);
  });

  it('guesses what the prompt cost where the provider has not told it', async () => {
    const untold = said(['one END two']).map((event) => (event.type === 'stream-start' ? { type: event.type, id: '1', model: 'm', warnings: [] } : event));
    const cut = await firstValueFrom(from(untold).pipe(stopSequences(['END'], guess), toArray()));
    expect(cut.at(-1)).toMatchObject({ usage: { inputTokens: 11, estimated: true } });
  });

  it("keeps the provider's own end and usage where nothing is cut", async () => {
    expect((await completed(said(['some text']), ['END'])).usage).toEqual(usage);
  });

  it('searches neither reasoning nor tool calls, nor across blocks', async () => {
    const events: StreamEvent[] = [
      { type: 'stream-start', id: '1', model: 'm', warnings: [] },
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'END' },
      { type: 'reasoning-end', block: 0 },
      { type: 'tool-call-start', block: 1, callId: 'c', name: 'END' },
      { type: 'tool-call-delta', block: 1, json: 'END' },
      { type: 'tool-call-end', block: 1 },
      ...['E', 'ND'].flatMap((text, index): StreamEvent[] => [
        { type: 'text-start', block: 2 + index },
        { type: 'text-delta', block: 2 + index, text },
        { type: 'text-end', block: 2 + index },
      ]),
      { type: 'stream-end', reason: 'tool-calls', usage },
    ];
    expect(await firstValueFrom(from(events).pipe(stopSequences(['END'], guess), toArray()))).toEqual(events);
  });

  it('says what another open block held back before it ends it', async () => {
    const events: StreamEvent[] = [
      { type: 'stream-start', id: '1', model: 'm', warnings: [] },
      { type: 'text-start', block: 0 },
      { type: 'text-start', block: 1 },
      { type: 'text-delta', block: 0, text: 'a E' },
      { type: 'text-delta', block: 1, text: 'b END' },
    ];
    const heard = await firstValueFrom(from(events).pipe(stopSequences(['END'], guess), toArray()));
    expect(grammarFault(heard)).toBeUndefined();
    expect(heard.flatMap((event) => (event.type === 'text-delta' ? [`${event.block}:${event.text}`] : []))).toEqual(['0:a ', '1:b ', '0:E']);
  });
});

describe('outputLimit', () => {
  const completed = (pieces: readonly string[], limit: number) => firstValueFrom(from(said(pieces)).pipe(outputLimit(limit, guess), collect()));

  it.each([
    ['one two three', 2, 'one two '],
    ['one two three', 3, 'one two three'],
    ['  one\n\ttwo  ', 2, '  one\n\ttwo  '],
    ['one', 1, 'one'],
    ['one\ntwo', 1, 'one\n'],
  ])('cuts %j after %d words, however it is split', async (text, limit, expected) => {
    for (const size of [1, 2, 3, 100]) {
      const completion = await completed(split(text, size), limit);
      expect(completion.text).toBe(expected);
      expect(completion.reason).toBe(expected === text ? 'stop' : 'length');
      expect(completion.usage.estimated).toBe(expected === text ? undefined : true);
    }
  });

  it('leaves the source at the cut', () => {
    const source = new WatchedSource<StreamEvent>();
    const events: StreamEvent[] = [];
    source.stream.pipe(outputLimit(1, guess)).subscribe((event) => events.push(event));
    for (const event of said(['one', ' two'])) source.subject.next(event);
    expect(source.left).toBe(1);
    expect(grammarFault(events)).toBeUndefined();
  });
});

describe('collect', () => {
  it('adds up texts, reasoning and calls in the order in which they began', async () => {
    const events: StreamEvent[] = [
      { type: 'stream-start', id: 'x', model: 'm', warnings: [{ type: 'ignored-parameter', parameter: 'seed' }] },
      { type: 'reasoning-start', block: 0 },
      { type: 'reasoning-delta', block: 0, text: 'hm' },
      { type: 'reasoning-end', block: 0, signature: 's' },
      { type: 'tool-call-start', block: 1, callId: 'c1', name: 'f' },
      { type: 'tool-call-start', block: 2, callId: 'c2', name: 'g' },
      { type: 'tool-call-delta', block: 2, json: '{"b":' },
      { type: 'tool-call-delta', block: 1, json: '{}' },
      { type: 'tool-call-delta', block: 2, json: '1}' },
      { type: 'text-start', block: 3 },
      { type: 'text-delta', block: 3, text: 'a' },
      { type: 'text-delta', block: 3, text: 'b' },
      { type: 'stream-end', reason: 'tool-calls', usage },
    ];
    expect(await firstValueFrom(from(events).pipe(collect()))).toEqual({
      id: 'x',
      model: 'm',
      blocks: [
        { type: 'reasoning', text: 'hm', signature: 's' },
        { type: 'tool-call', callId: 'c1', name: 'f', json: '{}' },
        { type: 'tool-call', callId: 'c2', name: 'g', json: '{"b":1}' },
        { type: 'text', text: 'ab' },
      ],
      text: 'ab',
      reasoning: 'hm',
      toolCalls: [
        { callId: 'c1', name: 'f', json: '{}' },
        { callId: 'c2', name: 'g', json: '{"b":1}' },
      ],
      reason: 'tool-calls',
      usage,
      warnings: [{ type: 'ignored-parameter', parameter: 'seed' }],
    });
  });

  it('never makes a completion of half an answer', async () => {
    await expect(firstValueFrom(from(said(['a']).slice(0, -1)).pipe(collect()))).rejects.toMatchObject({ code: 'internal_error' });
  });
});
