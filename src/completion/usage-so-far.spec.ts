import { describe, expect, it } from '@jest/globals';
import { UsageSoFar } from './usage-so-far.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

const start: StreamEvent = { type: 'stream-start', id: 'a', model: 'm', warnings: [] };
const say = (text: string): StreamEvent => ({ type: 'text-delta', block: 0, text });
const broken = new GatewayError('cli_failed', 'It fell over.');
const late = new GatewayError('timeout', 'It took too long.');

describe(UsageSoFar, () => {
  it('is nothing where nobody was at work', () => {
    const soFar = new UsageSoFar();
    expect(soFar.usage()).toBeUndefined();
    soFar.turn(() => 100);
    expect(soFar.usage()).toBeUndefined();
    // No place in the queue.
    soFar.turn(() => 100).failed(new GatewayError('queue_full', 'Too many.'));
    expect(soFar.usage()).toBeUndefined();
  });

  it('is nothing of what a vendor refused, or failed at before its first word', () => {
    const soFar = new UsageSoFar();
    const turn = soFar.turn(() => 100);
    turn.begun();
    turn.failed(broken);
    soFar.bytes(() => 100).failed(broken);
    expect(soFar.usage()).toBeUndefined();
  });

  it('guesses the prompt of a turn that was left, or took too long, before its first word', () => {
    const left = new UsageSoFar();
    left.turn(() => 100).begun();
    expect(left.usage()).toEqual({ inputTokens: 100, outputTokens: 0, estimated: true });
    const slow = new UsageSoFar();
    const turn = slow.turn(() => 100);
    turn.begun();
    turn.failed(late);
    expect(slow.usage()).toEqual({ inputTokens: 100, outputTokens: 0, estimated: true });
  });

  it('is nothing of a turn whose slot did not come in time', () => {
    const soFar = new UsageSoFar();
    soFar.turn(() => 100).failed(late);
    expect(soFar.usage()).toBeUndefined();
  });

  it('guesses an answer that broke off, by the prompt that the provider told where it did', () => {
    const guessed = new UsageSoFar();
    const turn = guessed.turn(() => 100);
    for (const event of [start, say('a'.repeat(40))]) turn.hear(event);
    turn.failed(broken);
    expect(guessed.usage()).toEqual({ inputTokens: 100, outputTokens: 10, estimated: true });
    const told = new UsageSoFar();
    told.turn(() => 100).hear({ ...start, inputTokens: 321, cachedInputTokens: 300 });
    expect(told.usage()).toEqual({ inputTokens: 321, cachedInputTokens: 300, outputTokens: 0, estimated: true });
  });

  it('takes what the vendor has counted, where the provider tells', () => {
    const counted = new UsageSoFar();
    const turn = counted.turn(() => 100);
    turn.begun();
    turn.counted(() => ({ inputTokens: 321, outputTokens: 12, cachedInputTokens: 300 }));
    turn.failed(broken);
    expect(counted.usage()).toEqual({ inputTokens: 321, outputTokens: 12, cachedInputTokens: 300 });
    const atWork = new UsageSoFar();
    const other = atWork.turn(() => 100);
    other.counted(() => ({ inputTokens: 321, outputTokens: 1, estimated: true }));
    for (const event of [start, say('a'.repeat(40))]) other.hear(event);
    expect(atWork.usage()).toEqual({ inputTokens: 321, outputTokens: 10, estimated: true });
  });

  it('adds up what was counted and what was not', () => {
    const soFar = new UsageSoFar();
    soFar.turn(() => 1).hear({ type: 'stream-end', reason: 'stop', usage: { inputTokens: 50, outputTokens: 5, cachedInputTokens: 10 } });
    expect(soFar.usage()).toEqual({ inputTokens: 50, outputTokens: 5, cachedInputTokens: 10 });
    const second = soFar.turn(() => 70);
    second.hear(start);
    second.hear(say('word'));
    expect(soFar.usage()).toEqual({ inputTokens: 120, outputTokens: 6, cachedInputTokens: 10, estimated: true });
  });

  it('guesses the tokens of bytes that passed', () => {
    const soFar = new UsageSoFar();
    const bytes = soFar.bytes(() => 30);
    expect(soFar.usage()).toEqual({ inputTokens: 30, outputTokens: 0, estimated: true });
    bytes.spoken = () => 12;
    expect(soFar.usage()).toEqual({ inputTokens: 30, outputTokens: 12, estimated: true });
  });

  it('is nothing of bytes that broke off before a word', () => {
    const soFar = new UsageSoFar();
    const bytes = soFar.bytes(() => 30);
    let spoken = 0;
    bytes.spoken = () => spoken;
    bytes.failed(broken);
    expect(soFar.usage()).toBeUndefined();
    spoken = 12;
    expect(soFar.usage()).toEqual({ inputTokens: 30, outputTokens: 12, estimated: true });
    const slow = new UsageSoFar();
    slow.bytes(() => 30).failed(late);
    expect(slow.usage()).toEqual({ inputTokens: 30, outputTokens: 0, estimated: true });
  });

  it('guesses no prompt before it is asked', () => {
    const soFar = new UsageSoFar();
    const never = (): number => {
      throw new Error('asked');
    };
    const turn = soFar.turn(never);
    turn.begun();
    turn.hear({ type: 'stream-end', reason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } });
    expect(soFar.usage()).toEqual({ inputTokens: 1, outputTokens: 1 });
  });
});
