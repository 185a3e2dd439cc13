import { describe, expect, it } from '@jest/globals';
import { chatBody } from './chat-body.ts';

describe(chatBody, () => {
  it('has nothing in it that was not set', () => {
    expect(chatBody({ model: 'demo', system: '  ', stream: false, tools: [] }, [{ role: 'user', text: 'Hi' }])).toEqual({
      model: 'demo',
      messages: [{ role: 'user', content: 'Hi' }],
    });
  });

  it('has all that was set, and asks for the usage of a stream', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }] as const;
    expect(chatBody({ model: 'demo', system: 'Be brief.', stream: true, maxTokens: 5, temperature: 0, effort: 'none', tools, schema: {} }, [])).toEqual({
      model: 'demo',
      messages: [{ role: 'system', content: 'Be brief.' }],
      max_completion_tokens: 5,
      temperature: 0,
      reasoning_effort: 'none',
      tools,
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: {} } },
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  it('tells calls and their results as OpenAI does', () => {
    const calls = [{ id: 'a', name: 'f', arguments: '{}' }];
    expect(
      chatBody({ model: 'demo', system: '', stream: false }, [
        { role: 'assistant', text: '', calls },
        { role: 'tool', callId: 'a', text: 'rain' },
        { role: 'assistant', text: 'It rains.', calls: [] },
      ]).messages,
    ).toEqual([
      { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'a', content: 'rain' },
      { role: 'assistant', content: 'It rains.' },
    ]);
  });
});
