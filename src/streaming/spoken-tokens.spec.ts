import { describe, expect, it } from '@jest/globals';
import { SpokenTokens } from './spoken-tokens.js';
import { type StreamEvent } from '../kernel/stream-event.js';

function tokensOf(...events: StreamEvent[]): number {
  const spoken = new SpokenTokens();
  for (const event of events) spoken.see(event);
  return spoken.tokens;
}

const say = (text: string): StreamEvent => ({ type: 'text-delta', block: 0, text });

describe(SpokenTokens, () => {
  it('counts four characters a token, of text, reasoning and calls', () => {
    expect(tokensOf(say('a'.repeat(40)))).toBe(10);
    expect(tokensOf(say('abcde'), { type: 'reasoning-delta', block: 1, text: 'a'.repeat(11) }, { type: 'tool-call-delta', block: 2, json: '{"a":100}' })).toBe(7);
  });

  it('counts at least one a piece', () => {
    expect(tokensOf(...[...'日本語です'].map(say))).toBe(5);
  });

  it('counts nothing where nothing was said', () => {
    expect(tokensOf({ type: 'stream-start', id: 'a', model: 'm', warnings: [] }, { type: 'text-start', block: 0 }, say(''))).toBe(0);
  });
});
