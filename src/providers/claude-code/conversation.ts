import { type Block, encodeContent } from './encode-content.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Message } from '../../kernel/message.js';

/** A turn as the CLI takes it: roles alternate. */
export interface ConversationTurn {
  readonly role: 'user' | 'assistant';
  readonly content: readonly Block[];
}

/**
 * The turns of a conversation. Messages of one role in a row are one turn, since the CLI would join their texts with line breaks of its own;
 * messages without content are left out; results of functions come first in their turn, as the API wants them.
 *
 * @throws GatewayError `invalid_parameter` where there is nothing to answer, or calls and results of functions do not match
 */
export function conversationOf(messages: readonly Message[]): ConversationTurn[] {
  const turns = alternating(messages);
  if (turns.at(-1)?.role !== 'user') throw invalid('The last message has no content to answer.');
  for (const [index, { content }] of turns.entries()) {
    checkResults(turns[index - 1]?.content ?? [], content);
    content.sort((one, other) => Number(other.type === 'tool_result') - Number(one.type === 'tool_result'));
  }
  return turns;
}

function alternating(messages: readonly Message[]): { role: 'user' | 'assistant'; content: Block[] }[] {
  const turns: { role: 'user' | 'assistant'; content: Block[] }[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = encodeContent(message);
    const last = turns.at(-1);
    if (content.length === 0) continue;
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content: [...content] });
  }
  return turns;
}

function checkResults(before: readonly Block[], content: readonly Block[]): void {
  const calls = new Set(before.flatMap((block) => (block.type === 'tool_use' ? [block.id] : [])));
  for (const block of content) {
    if (block.type === 'tool_result' && !calls.delete(block.tool_use_id)) throw invalid('A tool message answers no function call of the assistant message before it.');
  }
  if (calls.size > 0) throw invalid('A function call has no tool message with its result.');
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_parameter', message, { param: 'messages' });
}
