import { describe, expect, it } from '@jest/globals';
import { ThoughtText } from './thought-text.js';

const thought = (text: string): { sessionUpdate: string; content: object } => ({ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text } });

describe(ThoughtText.name, () => {
  it.each([
    [['**Plan**\ndo it'], '**Plan**\ndo it'],
    [['**Plan**\ndo it', '**Look**\nagain'], '**Plan**\ndo it\n\n**Look**\nagain'],
    [['****\njust words', '****\nand more', '****\n'], 'just words\nand more'],
    [['****\n', '**Plan**\ndo it'], '**Plan**\ndo it'],
  ])('%j', (pieces, expected) => {
    const thoughts = new ThoughtText();
    expect(pieces.map((piece) => (thoughts.tidy(thought(piece))['content'] as { text: string }).text).join('')).toBe(expected);
  });

  it('leaves all else as it is', () => {
    const update = { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: '****\nstars' } };
    expect(new ThoughtText().tidy(update)).toBe(update);
  });
});
