import { type Conversation, type ConversationSummary, type Metadata } from '../../conversations/conversation.js';
import { encodeMessages } from '../../wire/openai-chat/encode-messages.js';

/** A conversation as a list shows it. Times are seconds since 1970. */
export interface ConversationEntry {
  readonly id: string;
  readonly object: 'conversation';
  readonly metadata: Metadata;
  /** Who answered last. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly created_at: number;
  readonly last_used_at: number;
}

export interface ConversationObject extends ConversationEntry {
  readonly system: string | null;
}

export interface WholeConversation extends ConversationObject {
  /** As messages of a chat completion, without the system text. */
  readonly messages: readonly object[];
}

export function encodeEntry({ id, metadata, target, turns, createdAt, usedAt }: ConversationSummary): ConversationEntry {
  return {
    id,
    object: 'conversation',
    metadata,
    provider: target?.provider ?? null,
    model: target?.model ?? null,
    turns,
    created_at: Math.floor(createdAt / 1000),
    last_used_at: Math.floor(usedAt / 1000),
  };
}

export function encodeConversation(conversation: Conversation): ConversationObject {
  const { system } = conversation;
  return { ...encodeEntry(conversation), system: system.length === 0 ? null : system.join('\n\n') };
}

export function encodeWhole(conversation: Conversation): WholeConversation {
  return { ...encodeConversation(conversation), messages: encodeMessages({ system: [], messages: conversation.messages }) };
}
