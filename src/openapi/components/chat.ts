import { integer, listOf, object, open, orNull, ref, text, time, word } from '../../http/documentation/json-schema.js';

const call = open(
  {
    id: text('Repeated as `tool_call_id` with the result.'),
    type: word(['function', 'custom']),
    function: object({ name: text('The name of the function.'), arguments: text('Its arguments, as JSON.') }),
    custom: object({ name: text('The name of the tool.'), input: text('Its free text.') }),
  },
  ['id', 'type'],
);

const message = open(
  {
    role: word(['assistant']),
    content: orNull(text('Null where only functions are called.')),
    refusal: orNull(text('Where the model refused.')),
    reasoning_content: text('What the model thought, where its provider tells it.'),
    tool_calls: listOf(ref('ChatToolCall'), 'The functions that the model wants to be called.'),
  },
  ['role', 'content'],
);

export const chatSchemas = {
  ChatCompletion: open(
    {
      id: text('`chatcmpl-…`, or the id that the vendor gave it.'),
      object: word(['chat.completion']),
      created: time('When it was made'),
      model: text('The name that was asked for.'),
      choices: listOf(
        open(
          {
            index: integer('Its place.'),
            message,
            logprobs: { type: 'object', nullable: true, additionalProperties: true, description: 'Of API providers that were asked for them.' },
            finish_reason: orNull(text('`stop`, `length`, `tool_calls` or `content_filter`.')),
          },
          ['index', 'message', 'finish_reason'],
        ),
        'One, but for API providers that were asked for `n`.',
      ),
      usage: ref('ChatUsage'),
    },
    ['id', 'object', 'created', 'model', 'choices'],
    "OpenAI's `chat.completion`. Where an API provider answers, its own further fields pass through.",
  ),
  ChatToolCall: call,
  ChatUsage: open(
    {
      prompt_tokens: integer('Of the prompt, with what was read from a cache.'),
      completion_tokens: integer('Of the answer, with what the model thought.'),
      total_tokens: integer('Both.'),
      prompt_tokens_details: open({
        cached_tokens: integer('Read from the cache of the vendor.'),
        scaffold_tokens: integer('About how much the CLI added to the prompt, where that is known.'),
      }),
      completion_tokens_details: open({ reasoning_tokens: integer('What the model thought.') }),
    },
    ['prompt_tokens', 'completion_tokens', 'total_tokens'],
    "The provider's own figures; where it gives none they are estimated, and `X-SheLLM-Usage: estimated` says so.",
  ),
};
