/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const messageExamples = {
  'a plain question': { value: { model: 'demo', max_tokens: 1024, messages: [{ role: 'user', content: 'Hello there' }] } },
  streamed: { value: { model: 'demo', max_tokens: 1024, stream: true, messages: [{ role: 'user', content: 'Hello there' }] } },
  'Claude, with a system prompt': {
    value: { model: 'claude/sonnet', max_tokens: 1024, system: 'You are terse.', messages: [{ role: 'user', content: 'Why is the sky blue?' }] },
  },
};

export const messageExample = {
  id: 'msg_0b0c6a519d7a4c8abb0f5f0f6c1f1a11',
  type: 'message',
  role: 'assistant',
  model: 'claude/sonnet',
  content: [{ type: 'text', text: 'Air scatters blue light most.', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 312, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 8 },
};

export const streamExample = `event: message_start
data: {"type":"message_start","message":{"id":"msg_0b0c6a51","type":"message","role":"assistant","model":"claude/sonnet","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":312,"output_tokens":0}}}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":null}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Air"}}

event: content_block_stop
data: {"type":"content_block_stop","index":0}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":8}}

event: message_stop
data: {"type":"message_stop"}
`;

export const messageSchema = {
  type: 'object',
  required: ['model', 'max_tokens', 'messages'],
  additionalProperties: true,
  properties: {
    model: { type: 'string', description: '`<provider>/<model>`, an alias, a provider id, or a bare model name that leads to its vendor.', example: 'claude/sonnet' },
    max_tokens: { type: 'integer', minimum: 1 },
    messages: { type: 'array', items: { type: 'object', additionalProperties: true } },
    system: { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'object', additionalProperties: true } }] },
    tools: { type: 'array', items: { type: 'object', additionalProperties: true } },
    stream: { type: 'boolean', default: false },
  },
};
