import { describe, expect, it } from '@jest/globals';
import { Repetition } from './repetition.js';

const message = { sessionUpdate: 'agent_message_chunk' };

describe(Repetition.name, () => {
  it('is complete with its last message, whoever said it, and not with anything else', async () => {
    const repetition = new Repetition(2);
    for (const sessionUpdate of ['user_message_chunk', 'agent_thought_chunk', 'available_commands_update', 'tool_call']) repetition.see({ sessionUpdate });
    expect(await repetition.within(20)).toBe(false);
    const complete = repetition.within(5000);
    repetition.see(message);
    repetition.see(message);
    expect(await complete).toBe(true);
  });

  it('of nothing is complete at once', async () => {
    expect(await new Repetition(0).within(5000)).toBe(true);
  });
});
