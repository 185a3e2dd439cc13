import { conversationId } from '../conversations/conversation-examples.js';
import { exampleCallback } from '../jobs/example-callback.js';

/** Requests to try from the documentation page; those of the demo run as they stand on a gateway without any login. */
export const streamedExamples = {
  'a plain question': { value: { prompt: 'Hello there', provider: 'demo' } },
  'kept for an hour': { value: { prompt: 'Hello there', provider: 'demo', cache: 3600 } },
  'with a system text': { value: { prompt: 'Why is the sky blue?', system: 'You are terse.', model: 'claude/sonnet', max_tokens: 200 } },
  'a turn of a conversation': { value: { provider: 'demo', prompt: 'What is my name?', conversation_id: conversationId } },
  'a template of yours': { value: { provider: 'demo', template: 'summary', variables: { audience: 'children', text: 'Air scatters blue light most.' } } },
};

export const requestExamples = {
  ...streamedExamples,
  'a job, told to a URL': { value: { prompt: 'Hello there', provider: 'demo', callback_url: exampleCallback } },
};

const facts = {
  provider: 'claude',
  model: 'claude/sonnet',
  duration_ms: 3420,
  cached: false,
  usage: { prompt_tokens: 312, completion_tokens: 8, total_tokens: 320, prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } },
  request_id: '3178db66-ee2e-4a0d-a3a9-2ef5c10da993',
  finish_reason: 'stop',
};

export const answerExample = { content: 'Air scatters blue light most.', ...facts };

export const streamExample = `data: {"content":"Air ","done":false}

data: {"content":"scatters","done":false}

data: ${JSON.stringify({ content: '', done: true, ...facts })}
`;
