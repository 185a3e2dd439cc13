/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const chatExamples = {
  'a plain question': { value: { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] } },
  streamed: { value: { model: 'demo', stream: true, stream_options: { include_usage: true }, messages: [{ role: 'user', content: 'Hello there' }] } },
  'kept for an hour': { value: { model: 'demo', cache: 3600, messages: [{ role: 'user', content: 'Hello there' }] } },
  'Claude, with a system prompt': {
    value: {
      model: 'claude/sonnet',
      messages: [
        { role: 'system', content: 'You are terse.' },
        { role: 'user', content: 'Why is the sky blue?' },
      ],
    },
  },
  'a job, told to a URL': { value: { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }], callback_url: 'https://app.example.com/hook' } },
  'a turn of a conversation': { value: { model: 'demo', messages: [{ role: 'user', content: 'What is my name?' }], conversation_id: `conv_${'0f'.repeat(24)}` } },
  'a template of yours': { value: { model: 'demo', template: 'summary', variables: { audience: 'children', text: 'Air scatters blue light most.' } } },
};

export const completionExample = {
  id: 'chatcmpl-0b0c6a51-9d7a-4c8a-bb0f-5f0f6c1f1a11',
  object: 'chat.completion',
  created: 1790000000,
  model: 'claude/sonnet',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Air scatters blue light most.', refusal: null }, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 312, completion_tokens: 8, total_tokens: 320, prompt_tokens_details: { cached_tokens: 0 } },
};

export const streamExample = `data: {"id":"chatcmpl-0b0c6a51","object":"chat.completion.chunk","created":1790000000,"model":"claude/sonnet","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}

data: {"id":"chatcmpl-0b0c6a51","object":"chat.completion.chunk","created":1790000000,"model":"claude/sonnet","choices":[{"index":0,"delta":{"content":"Air"},"finish_reason":null}]}

data: [DONE]
`;
