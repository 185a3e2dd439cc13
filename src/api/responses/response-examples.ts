const weather = {
  type: 'function',
  name: 'get_weather',
  description: 'The weather of a city.',
  parameters: { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } }, required: ['city'] },
};
const place = { type: 'json_schema', name: 'place', schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false } };
const id = 'resp_0b0c6a519d7a4c8abb0f5f0f6c1f1a11';

/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const responseExamples = {
  'a plain question': { value: { model: 'demo', input: 'Hello there' } },
  streamed: { value: { model: 'demo', stream: true, instructions: 'You are terse.', input: [{ role: 'user', content: 'Hello there' }] } },
  'a function': { value: { model: 'demo', input: 'Use get_weather for Paris.', tools: [weather] } },
  'an answer by a schema': { value: { model: 'demo', input: 'Where is the Eiffel tower?', text: { format: place } } },
  'going on from another one': { value: { model: 'demo', previous_response_id: id, input: 'And now?' } },
  'with nobody waiting': { value: { model: 'demo', background: true, input: 'Hello there' } },
};

const message = {
  id: 'msg_5f0f6c1f1a110b0c6a519d7a4c8abb0f',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hello.', annotations: [], logprobs: [] }],
};
const begun = { id, object: 'response', created_at: 1790000000, status: 'in_progress', model: 'demo', output: [] as object[] };

export const responseExample = {
  ...begun,
  status: 'completed',
  output: [message],
  usage: { input_tokens: 12, input_tokens_details: { cached_tokens: 0 }, output_tokens: 2, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 14 },
};

const asked = { id: 'msg_1a110b0c6a519d7a4c8abb0f5f0f6c1f', type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'Hello there' }] };

export const itemsExample = { object: 'list', data: [asked], first_id: asked.id, last_id: asked.id, has_more: false };

const event = (type: string, more: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;

export const streamExample = [
  event('response.created', { response: begun, sequence_number: 0 }),
  event('response.output_text.delta', { item_id: message.id, output_index: 0, content_index: 0, delta: 'Hello.', logprobs: [], sequence_number: 4 }),
  event('response.completed', { response: responseExample, sequence_number: 8 }),
].join('');
