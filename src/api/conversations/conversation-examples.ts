import { type ConversationEntry, type ConversationObject, type WholeConversation } from './conversation-object.js';
import { listPage } from '../list-page.js';

export const definition = { system: 'You are terse.', metadata: { topic: 'physics' } };

export const conversationId = `conv_${'0f'.repeat(24)}`;

const entry: ConversationEntry = {
  id: conversationId,
  object: 'conversation',
  metadata: definition.metadata,
  provider: 'claude',
  model: 'sonnet',
  turns: 1,
  created_at: 1790000000,
  last_used_at: 1790000420,
};

export const newExample: ConversationObject = { ...entry, provider: null, model: null, turns: 0, last_used_at: entry.created_at, system: definition.system };

export const wholeExample: WholeConversation = {
  ...entry,
  system: definition.system,
  messages: [
    { role: 'user', content: 'Why is the sky blue?' },
    { role: 'assistant', content: 'Air scatters blue light most.' },
  ],
};

export const listExample = listPage([entry], 1);
