import { describe, expect, it } from '@jest/globals';
import { decodeRequest } from './decode-request.js';

const user = { role: 'user', content: 'Hi' };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const withPart = (part: unknown): Record<string, unknown> => ({
  messages: [user, { role: 'assistant', content: 'Yes?' }, { role: 'user', content: [{ type: 'text', text: 'Look' }, part] }],
});
const call = (id: string, name = 'f'): object => ({ id, type: 'function', function: { name, arguments: '{}' } });
const tool = (name: string): object => ({ type: 'function', function: { name } });

describe('decodeRequest', () => {
  it('reads the smallest request', () => {
    expect(decodeRequest({ model: 'm', messages: [user] })).toEqual({
      system: [],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      stop: [],
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      responseFormat: { type: 'text' },
      samplingParameters: [],
      apiOnlyParameters: [],
    });
  });

  it('takes null for left out', () => {
    const names = [
      'max_tokens',
      'max_completion_tokens',
      'stop',
      'reasoning_effort',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'response_format',
      'functions',
      'function_call',
      'temperature',
      'top_p',
      'seed',
      'logit_bias',
      'n',
      'logprobs',
      'top_logprobs',
      'modalities',
      'audio',
      'prediction',
      'web_search_options',
    ];
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    expect(decodeRequest({ messages: [user], ...nulls, odd: null })).toEqual(decodeRequest({ messages: [user] }));
  });

  it('reads a whole conversation', () => {
    const { system, messages } = decodeRequest({
      messages: [
        { role: 'system', content: 'Be brief.', name: 'boss' },
        {
          role: 'developer',
          content: [
            { type: 'text', text: 'Be kind.' },
            { type: 'text', text: '' },
          ],
        },
        { ...user, name: 'jo' },
        { role: 'assistant', content: null, tool_calls: [call('c1'), { id: 'c2', type: 'custom', custom: { name: 'g', input: 'raw "text"' } }] },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'two' }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'So ' },
            { type: 'refusal', refusal: 'no.' },
          ],
        },
        { role: 'assistant', refusal: 'Never.' },
        { role: 'system', content: 'Later.' },
        user,
      ],
    });
    expect(system).toEqual(['Be brief.', 'Be kind.', 'Later.']);
    expect(messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        text: '',
        toolCalls: [
          { callId: 'c1', name: 'f', json: '{}' },
          { callId: 'c2', name: 'g', json: '{"input":"raw \\"text\\""}' },
        ],
      },
      { role: 'tool', callId: 'c1', content: [{ type: 'text', text: 'one' }] },
      { role: 'tool', callId: 'c2', content: [{ type: 'text', text: 'two' }] },
      { role: 'assistant', text: 'So no.', toolCalls: [] },
      { role: 'assistant', text: 'Never.', toolCalls: [] },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
    ]);
  });

  it('may end with a tool message', () => {
    const { messages } = decodeRequest({ messages: [user, { role: 'assistant', tool_calls: [call('c1')] }, { role: 'tool', tool_call_id: 'c1', content: 'one' }] });
    expect(messages.at(-1)).toMatchObject({ role: 'tool', callId: 'c1' });
  });

  it.each([
    [
      { type: 'image_url', image_url: { url: png, detail: 'low' } },
      { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=', detail: 'low' },
    ],
    [
      { type: 'image_url', image_url: { url: 'DATA:image/JPG;charset=x;base64,AAAA' } },
      { type: 'image', mediaType: 'image/jpeg', data: 'AAAA' },
    ],
    [
      { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
      { type: 'image-url', url: 'https://example.com/a.png' },
    ],
    [
      { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' } },
      { type: 'file', mediaType: 'application/pdf', data: 'AAAA', filename: 'a.pdf' },
    ],
    [
      { type: 'file', file: { file_data: 'AAAA', filename: 'notes.MD' } },
      { type: 'file', mediaType: 'text/markdown', data: 'AAAA', filename: 'notes.MD' },
    ],
    [
      { type: 'file', file: { file_data: 'AAAA' } },
      { type: 'file', mediaType: 'application/octet-stream', data: 'AAAA' },
    ],
    [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }, { type: 'audio' }],
  ])('reads the part %j', (part, expected) => {
    expect(decodeRequest(withPart(part)).messages.at(-1)).toMatchObject({
      content: [
        { type: 'text', text: 'Look' },
        { ...expected, param: 'messages[2].content[1]' },
      ],
    });
  });

  it.each([
    ['max_tokens', { max_tokens: 5 }, { maxOutputTokens: 5 }],
    ['max_completion_tokens before max_tokens', { max_tokens: 5, max_completion_tokens: 7 }, { maxOutputTokens: 7 }],
    ['a stop sequence', { stop: 'END' }, { stop: ['END'] }],
    ['four stop sequences', { stop: ['a', 'b', 'c', '\n'] }, { stop: ['a', 'b', 'c', '\n'] }],
    ['no stop sequence', { stop: [] }, { stop: [] }],
    ['an effort', { reasoning_effort: 'minimal' }, { reasoningEffort: 'minimal' }],
    ['no effort, which a vendor is to be told', { reasoning_effort: 'none' }, { reasoningEffort: 'none', vendorParameters: { reasoning_effort: 'none' } }],
    ['the highest effort', { reasoning_effort: 'max' }, { reasoningEffort: 'xhigh' }],
    ['JSON', { response_format: { type: 'json_object' } }, { responseFormat: { type: 'json-object' } }],
    [
      'a schema',
      { response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' }, strict: true } } },
      { responseFormat: { type: 'json-schema', name: 's', schema: { type: 'object' } } },
    ],
    ['one call at a time', { parallel_tool_calls: false }, { parallelToolCalls: false }],
    ['a choice', { tools: [tool('f')], tool_choice: 'required' }, { toolChoice: 'required', tools: [{ name: 'f' }] }],
    ['a named choice', { tools: [tool('f')], tool_choice: tool('f') }, { toolChoice: { name: 'f' } }],
    ['no choice without tools', { tool_choice: 'none' }, { toolChoice: 'none', tools: [] }],
    [
      'allowed tools',
      { tools: [tool('f'), tool('g')], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('g')] } } },
      { toolChoice: 'required', tools: [{ name: 'g' }] },
    ],
    [
      'a full tool',
      { tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } }] },
      { tools: [{ name: 'f', description: 'd', parameters: { type: 'object' }, strict: true }] },
    ],
    [
      'a custom tool',
      { tools: [{ type: 'custom', custom: { name: 'f', description: 'd', format: { type: 'text' } } }] },
      { tools: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false } }] },
    ],
    [
      'sampling',
      { temperature: 0, top_p: 1, seed: -3, presence_penalty: -2, logit_bias: { 50256: -100 }, frequency_penalty: null },
      {
        samplingParameters: ['temperature', 'top_p', 'presence_penalty', 'seed', 'logit_bias'],
        vendorParameters: { temperature: 0, top_p: 1, seed: -3, presence_penalty: -2, logit_bias: { 50256: -100 } },
      },
    ],
    [
      'what it does not know',
      { odd: [1, null, { a: 'b' }], metadata: {}, service_tier: 'flex', user: '', top_k: 0, other: false },
      { samplingParameters: [], vendorParameters: { odd: [1, null, { a: 'b' }], metadata: {}, service_tier: 'flex', user: '', top_k: 0, other: false } },
    ],
    [
      'what only an API can do',
      { n: 2, logprobs: true, top_logprobs: 2, modalities: ['text', 'audio'], audio: {}, prediction: {}, web_search_options: {} },
      { apiOnlyParameters: ['n', 'logprobs', 'top_logprobs', 'modalities', 'audio', 'prediction', 'web_search_options'] },
    ],
    ['what asks for nothing', { n: 1, logprobs: false, top_logprobs: 0, modalities: ['text'] }, { apiOnlyParameters: [] }],
  ])('reads %s', (_, body, expected) => {
    expect(decodeRequest({ messages: [user], ...body })).toMatchObject(expected);
  });

  it("keeps for a vendor nothing that it says in other words, that is the gateway's own, or that events cannot carry", () => {
    const body = {
      ...{ model: 'm', messages: [user], stream: true, stream_options: { include_usage: true }, stop: 'x', max_tokens: 1, max_completion_tokens: 1 },
      ...{ response_format: { type: 'text' }, reasoning_effort: 'low', tools: [tool('f')], tool_choice: 'auto', parallel_tool_calls: false },
      ...{ n: 2, logprobs: true, top_logprobs: 1, modalities: ['text'], audio: {}, prediction: {}, web_search_options: {} },
      ...{ provider: 'openai', fallback: false, template: 't', variables: {}, conversation_id: 'c', cache: 5, callback_url: 'http://x' },
    };
    expect(decodeRequest(body)).not.toHaveProperty('vendorParameters');
    expect(decodeRequest({ ...body, seed: 1 }).vendorParameters).toEqual({ seed: 1 });
  });

  it('makes every text well-formed', () => {
    const lone = 'a\uD800b';
    const request = decodeRequest({
      messages: [
        { role: 'system', content: lone },
        { role: 'user', content: [{ type: 'text', text: lone }] },
        { role: 'assistant', content: lone, tool_calls: [{ ...call('c1'), function: { name: 'f', arguments: lone } }] },
        { role: 'tool', tool_call_id: 'c1', content: lone },
      ],
      stop: lone,
    });
    expect(JSON.stringify(request)).not.toContain('\\ud800');
    expect(JSON.stringify(request).match(/a\uFFFDb/g)).toHaveLength(6);
  });
});
