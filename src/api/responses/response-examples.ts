/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const responseExamples = {
  'a plain question': { value: { model: 'demo', input: 'Hello there' } },
  streamed: { value: { model: 'demo', stream: true, instructions: 'You are terse.', input: [{ role: 'user', content: 'Hello there' }] } },
  'a function': {
    value: {
      model: 'demo',
      input: 'Use get_weather for Paris.',
      tools: [{ type: 'function', name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } }],
    },
  },
  'with nobody waiting': { value: { model: 'demo', background: true, input: 'Hello there' } },
};

export const responseExample = {
  id: 'resp_0b0c6a519d7a4c8abb0f5f0f6c1f1a11',
  object: 'response',
  created_at: 1790000000,
  status: 'completed',
  model: 'demo',
  output: [
    {
      id: 'msg_5f0f6c1f1a110b0c6a519d7a4c8abb0f',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'Hello.', annotations: [], logprobs: [] }],
    },
  ],
  usage: { input_tokens: 12, input_tokens_details: { cached_tokens: 0 }, output_tokens: 2, output_tokens_details: { reasoning_tokens: 0 }, total_tokens: 14 },
};
