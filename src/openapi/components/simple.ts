import { flag, integer, object, ref, text, word } from '../../http/documentation/json-schema.js';

export const simpleSchemas = {
  Completion: object(
    {
      content: text('The answer.'),
      provider: text('Who answered.'),
      model: text('The name that was asked for; where none was, the model that ran.'),
      duration_ms: integer('How long it took, in milliseconds.'),
      cached: flag('It was answered before, and kept.'),
      usage: ref('ChatUsage'),
      request_id: text('As in the header `X-Request-ID`.'),
      finish_reason: word(['stop', 'length', 'tool_calls', 'content_filter']),
      fallback: flag('Another provider stood in.'),
      original_provider: text('The one that failed.'),
      original_error: text('The `code` of its error.'),
    },
    { optional: ['fallback', 'original_provider', 'original_error'], description: 'The answer of the simple form.' },
  ),
};
