import { conversationId } from '../conversations/conversation-examples.js';
import { exampleCallback } from '../jobs/example-callback.js';

const hello = [{ role: 'user', content: 'Hello there' }];
const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather of a city.',
    parameters: { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } }, required: ['city'] },
  },
};
const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const chatExamples = {
  'a plain question': { value: { model: 'demo', messages: hello } },
  streamed: { value: { model: 'demo', stream: true, stream_options: { include_usage: true }, messages: hello } },
  'a system prompt, and earlier turns': {
    value: {
      model: 'demo',
      messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', content: 'Why is the sky blue?' },
        { role: 'assistant', content: 'Rayleigh scattering.' },
        { role: 'user', content: 'And at sunset?' },
      ],
    },
  },
  'a function': { value: { model: 'demo', messages: [{ role: 'user', content: 'Use get_weather for Paris.' }], tools: [weather] } },
  'the result of a function': {
    value: {
      model: 'demo',
      messages: [
        { role: 'user', content: 'Use get_weather for Paris.' },
        { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Paris"}' } }] },
        { role: 'tool', tool_call_id: 'call_1', content: '17 degrees' },
      ],
      tools: [weather],
    },
  },
  'an answer by a schema': {
    value: {
      model: 'demo',
      messages: [{ role: 'user', content: 'Where is the Eiffel tower?' }],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } },
      },
    },
  },
  'Claude, thinking hard, in few words': {
    value: { model: 'claude/sonnet', reasoning_effort: 'high', max_tokens: 400, messages: [{ role: 'user', content: 'Why is the sky blue?' }] },
  },
  'a picture': {
    value: {
      model: 'claude/sonnet',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: pixel } },
          ],
        },
      ],
    },
  },
  'kept for an hour': { value: { model: 'demo', cache: 3600, messages: hello } },
  'a job, told to a URL': { value: { model: 'demo', messages: hello, callback_url: exampleCallback } },
  'a turn of a conversation': { value: { model: 'demo', messages: [{ role: 'user', content: 'What is my name?' }], conversation_id: conversationId } },
  'a template of yours': { value: { model: 'demo', template: 'summary', variables: { audience: 'children', text: 'Air scatters blue light most.' } } },
};

const head = { id: 'chatcmpl-0b0c6a51-9d7a-4c8a-bb0f-5f0f6c1f1a11', created: 1790000000, model: 'claude/sonnet' };
const usage = {
  prompt_tokens: 312,
  completion_tokens: 8,
  total_tokens: 320,
  prompt_tokens_details: { cached_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

export const completionExample = {
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Air scatters blue light most.', refusal: null }, logprobs: null, finish_reason: 'stop' }],
  usage,
};

const chunk = (delta: object, reason: string | null): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }] })}\n\n`;

export const streamExample = [
  chunk({ role: 'assistant', content: '' }, null),
  chunk({ content: 'Air scatters' }, null),
  chunk({ content: ' blue light most.' }, null),
  chunk({}, 'stop'),
  'data: [DONE]\n\n',
].join('');
