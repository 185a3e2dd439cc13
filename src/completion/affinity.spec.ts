import { describe, expect, it } from '@jest/globals';
import { ConversationAffinity } from './affinity.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Message } from '../kernel/message.js';
import { type ModelId } from '../kernel/model-id.js';

const id: ModelId = { provider: 'claude', model: 'sonnet' };
const said = (role: 'user', text: string): Message => ({ role, content: [{ type: 'text', text }] });
const request = (messages: readonly Message[], change: Partial<CompletionRequest> = {}): CompletionRequest =>
  ({ system: ['be brief'], messages, tools: [], toolChoice: 'auto', responseFormat: { type: 'text' }, ...change }) as CompletionRequest;

describe(ConversationAffinity.name, () => {
  const first = [said('user', 'hi')];
  const next = [...first, { role: 'assistant', text: 'hello', toolCalls: [] } satisfies Message, said('user', 'go on')];
  const kept = (): string | undefined => {
    const turn = new ConversationAffinity('one', id, request(first));
    turn.observe({ type: 'text-delta', block: 0, text: 'hello' });
    turn.observe({ type: 'stream-end', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: 1 } } as never);
    return turn.keepKey();
  };

  it('finds the process that holds the conversation', () => {
    expect(kept()).toBeDefined();
    expect(new ConversationAffinity('one', id, request(next)).resumeKey).toBe(kept());
  });

  it.each<[string, ConversationAffinity]>([
    ['another client’s of the very same words', new ConversationAffinity('two', id, request(next))],
    ['a name that would run into the model’s', new ConversationAffinity('one","claude', { ...id, provider: '' }, request(next))],
    ['another model’s', new ConversationAffinity('one', { ...id, model: 'opus' }, request(next))],
    ['one of another system text', new ConversationAffinity('one', id, request(next, { system: ['be long'] }))],
    ['one that went another way', new ConversationAffinity('one', id, request([said('user', 'hi there'), ...next.slice(1)]))],
  ])('does not take %s for it', (_, other) => {
    expect(other.resumeKey).toBeDefined();
    expect(other.resumeKey).not.toBe(kept());
  });
});
