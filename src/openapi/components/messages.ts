import { integer, listOf, object, open, orNull, ref, text, word } from '../../http/documentation/json-schema.js';

const nothing = (description: string): object => ({ type: 'object', nullable: true, additionalProperties: true, description });

export const messageSchemas = {
  Message: object(
    {
      id: text('`msg_…`.'),
      type: word(['message']),
      role: word(['assistant']),
      model: text('The name that was asked for.'),
      content: listOf(ref('MessageBlock'), 'Text, thinking and calls of tools.'),
      stop_reason: orNull(word(['end_turn', 'max_tokens', 'stop_sequence', 'tool_use', 'refusal'])),
      stop_sequence: orNull(text('The one that ended it.')),
      stop_details: nothing('Of a refusal.'),
      container: nothing('Always null.'),
      diagnostics: nothing('Always null.'),
      usage: ref('MessageUsage'),
    },
    { description: "Anthropic's `message`." },
  ),
  MessageBlock: open(
    {
      type: text('`text`, `thinking`, `redacted_thinking` or `tool_use`.'),
      text: text('Of a text.'),
      thinking: text('What the model thought.'),
      signature: text('Of a thought.'),
      id: text('Of a call: repeated as `tool_use_id` with its result.'),
      name: text('Of a call.'),
      input: { type: 'object', additionalProperties: true, description: 'Of a call.' },
    },
    ['type'],
  ),
  MessageUsage: open(
    {
      input_tokens: integer('Neither read from nor written to a cache.'),
      cache_creation_input_tokens: integer('Written to the cache of the vendor.'),
      cache_read_input_tokens: integer('Read from it.'),
      output_tokens: integer('Of the answer.'),
      output_tokens_details: { ...open({ thinking_tokens: integer('What the model thought.') }), nullable: true },
    },
    ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens'],
  ),
  TokenCount: object({ input_tokens: integer('A guess, at four characters a token.') }),
};
