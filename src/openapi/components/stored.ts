import { deleted, flag, integer, listOf, map, object, open, orNull, pagedList, ref, text, time, wholeList, word } from '../../http/documentation/json-schema.js';

const template = {
  name: text('Its name.'),
  object: word(['template']),
  description: orNull(text('What it is for.')),
  variables: listOf({ type: 'string' }, 'The names that need a value.'),
  shared: flag('Every client can read it: it was written with a key of the scope `admin`.'),
  created_at: time('When it was first written'),
  updated_at: time('When it was last written'),
};

const answeredBy = {
  provider: orNull(text('Who answered last.')),
  model: orNull(text('Which model answered last.')),
  turns: integer('How many there were.'),
  created_at: time('When it began'),
  last_used_at: time('When its last turn ended'),
};

const conversation = {
  id: text('`conv_…`'),
  object: word(['conversation']),
  metadata: map({ type: 'string' }, "Pairs of the client's own."),
  ...answeredBy,
};
const system = orNull(text('The system text of all its turns.'));

export const storedSchemas = {
  TemplateEntry: object(template, { description: 'A template as lists show it, without its texts.' }),
  Template: object({
    ...template,
    template: text('The prompt; `{{name}}` is a place for a value.'),
    system: orNull(text('The system text, where the request has none of its own.')),
  }),
  TemplateList: object({ object: word(['list']), data: listOf(ref('TemplateEntry'), 'By name.'), has_more: flag('There is another page.') }),
  DeletedTemplate: object({ name: text('What was deleted.'), object: word(['template']), deleted: { type: 'boolean', enum: [true] } }),
  ConversationEntry: object(conversation, { description: 'A conversation as lists show it, without what was said.' }),
  Conversation: object({ ...conversation, system }),
  ConversationWithMessages: object({
    ...conversation,
    system,
    messages: listOf(open({ role: word(['user', 'assistant', 'tool']) }, ['role']), 'As messages of a chat completion.'),
  }),
  ConversationList: pagedList('ConversationEntry'),
  DeletedConversation: deleted('conversation'),
  Session: object({ id: text('A UUID.'), ...answeredBy, expires_at: time('When it ends, unless there is another turn before') }),
  SessionList: wholeList('Session'),
  DeletedSession: deleted('session'),
};
