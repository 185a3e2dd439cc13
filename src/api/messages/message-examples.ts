import { type SchemaObject } from '@nestjs/swagger';

const hello = [{ role: 'user', content: 'Hello there' }];
const weather = {
  name: 'get_weather',
  description: 'The weather of a city.',
  input_schema: { type: 'object', properties: { city: { type: 'string', examples: ['Paris'] } }, required: ['city'] },
};

/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const messageExamples = {
  'a plain question': { value: { model: 'demo', max_tokens: 1024, messages: hello } },
  streamed: { value: { model: 'demo', max_tokens: 1024, stream: true, messages: hello } },
  'a tool': { value: { model: 'demo', max_tokens: 1024, messages: [{ role: 'user', content: 'Use get_weather for Paris.' }], tools: [weather] } },
  'the result of a tool': {
    value: {
      model: 'demo',
      max_tokens: 1024,
      messages: [
        { role: 'user', content: 'Use get_weather for Paris.' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Paris' } }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: '17 degrees' }] },
      ],
      tools: [weather],
    },
  },
  'Claude, with a system prompt': {
    value: { model: 'claude/sonnet', max_tokens: 1024, system: 'You are terse.', messages: [{ role: 'user', content: 'Why is the sky blue?' }] },
  },
};

/** A count has no answer that could be limited or streamed. */
export const countExamples = {
  'a plain question': { value: { model: 'demo', messages: hello } },
  'with a tool': { value: { model: 'demo', system: 'You are terse.', messages: hello, tools: [weather] } },
};

export const messageExample = {
  id: 'msg_0b0c6a519d7a4c8abb0f5f0f6c1f1a11',
  type: 'message',
  role: 'assistant',
  model: 'claude/sonnet',
  content: [{ type: 'text', text: 'Air scatters blue light most.', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  stop_details: null,
  container: null,
  diagnostics: null,
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

const listOfObjects = (description: string): SchemaObject => ({ type: 'array', items: { type: 'object', additionalProperties: true }, description });

/** What the gateway itself reads. Everything else is Anthropic's own reference. */
export const messageSchema: SchemaObject = {
  type: 'object',
  required: ['model', 'max_tokens', 'messages'],
  additionalProperties: true,
  properties: {
    model: { type: 'string', description: '`<provider>/<model>`, an alias, a provider id, or a bare model name that leads to its vendor.', example: 'claude/sonnet' },
    max_tokens: { type: 'integer', minimum: 1, description: 'Tokens of the answer, at most.' },
    messages: listOfObjects('The conversation, the last message the new one.'),
    system: { oneOf: [{ type: 'string' }, listOfObjects('Blocks of text.')], description: "It takes the place of the CLI's own system prompt." },
    tools: listOfObjects('What the model may call: it is run by the client.'),
    tool_choice: { type: 'object', additionalProperties: true, description: 'Which tool is to be called, or that none is.' },
    thinking: { type: 'object', additionalProperties: true, description: 'How much the model is to think.' },
    stop_sequences: { type: 'array', items: { type: 'string' }, description: 'The answer ends before any of them.' },
    stream: { type: 'boolean', default: false, description: 'Answer as server-sent events.' },
  },
};

export const countSchema: SchemaObject = { ...messageSchema, required: ['model', 'messages'] };
