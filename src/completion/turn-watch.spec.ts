import { describe, expect, it } from '@jest/globals';
import { TurnWatch } from './turn-watch.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const start: StreamEvent = { type: 'stream-start', id: '1', model: 'm', warnings: [] };
const word: StreamEvent = { type: 'text-delta', block: 0, text: 'x' };
const end: StreamEvent = { type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } };

describe('TurnWatch', () => {
  let now = 0;
  const heard = (...events: StreamEvent[]): TurnWatch => {
    const watch = new TurnWatch(() => now);
    watch.begin();
    for (const event of events) watch.hear(event);
    return watch;
  };

  it.each<[string, StreamEvent[], number, boolean]>([
    ['said nothing', [], 0, true],
    ['began and said nothing', [start], 0, true],
    ['was speaking when its time was over', [start, word], 9_999, false],
    ['fell silent long before', [start, word], 10_001, true],
    ['came to its end', [start, word, end], 60_000, false],
  ])('one that %s', (_, events, silentMs, fault) => {
    const watch = heard(...events);
    now += silentMs;
    expect(watch.mayBeAtFault(120_000)).toBe(fault);
  });

  it('one that failed, and one that failed before and speaks now', () => {
    const watch = heard(start, word);
    watch.failed();
    expect(watch.mayBeAtFault(120_000)).toBe(true);
    watch.begin();
    watch.hear(word);
    expect(watch.mayBeAtFault(120_000)).toBe(false);
  });

  it('takes half the time for long where there is little', () => {
    const watch = heard(word);
    now += 600;
    expect([watch.mayBeAtFault(1000), watch.mayBeAtFault(2000)]).toEqual([true, false]);
  });
});
