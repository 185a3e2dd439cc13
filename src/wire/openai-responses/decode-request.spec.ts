import { describe, expect, it } from '@jest/globals';
import { decodeRequest } from './decode-request.js';
import { flatName } from './tool-table.js';
import { withHistory } from './with-history.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';

const request = (body: Record<string, unknown>): CompletionRequest => decodeRequest({ input: 'Hi', ...body }).request;
const messages = (...input: object[]): CompletionRequest['messages'] => request({ input }).messages;
const text = (said: string): object => ({ type: 'text', text: said });
const user = { role: 'user', content: 'Hi' };
const freeText = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false };

describe('the input of a response', () => {
  it.each<[string, object[], object[]]>([
    ['a short message', [user], [{ role: 'user', content: [text('Hi')] }]],
    [
      'parts of all kinds',
      [
        {
          type: 'message',
          role: 'user',
          content: [
            { type: 'input_text', text: 'Look' },
            { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=', detail: 'low' },
            { type: 'input_image', image_url: 'https://example.com/a.png', detail: 'original' },
            { type: 'input_image', image_url: 'https://example.com/b.png', detail: 'auto' },
            { type: 'input_file', filename: 'a.pdf', file_data: 'JVBERg==' },
          ],
        },
      ],
      [
        {
          role: 'user',
          content: [
            text('Look'),
            { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=', detail: 'low', param: 'input[0].content[1]' },
            { type: 'image-url', url: 'https://example.com/a.png', detail: 'high', param: 'input[0].content[2]' },
            { type: 'image-url', url: 'https://example.com/b.png', param: 'input[0].content[3]' },
            { type: 'file', mediaType: 'application/pdf', filename: 'a.pdf', data: 'JVBERg==', param: 'input[0].content[4]' },
          ],
        },
      ],
    ],
    [
      'an answer in several items, as one',
      [
        user,
        { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'sig' },
        { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'all of it' },
        { type: 'reasoning', id: 'rs_3', summary: [] },
        { type: 'reasoning', id: 'rs_4', summary: [], content: [{ type: 'reasoning_text', text: 'Open.' }] },
        { type: 'message', role: 'assistant', id: 'msg_1', status: 'completed', content: [{ type: 'output_text', text: 'I look. ', annotations: [] }] },
        { role: 'assistant', content: [{ type: 'refusal', refusal: 'Not at that.' }] },
        { type: 'web_search_call', id: 'ws_1', status: 'completed' },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'custom_tool_call', call_id: 'c2', name: 'patch', input: 'a "b"' },
        { type: 'function_call_output', call_id: 'c1', output: 'one' },
        { type: 'custom_tool_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'two' }] },
      ],
      [
        { role: 'user', content: [text('Hi')] },
        {
          role: 'assistant',
          reasoning: [{ text: 'Hm', signature: 'sig' }, { text: '', signature: 'all of it', redacted: true }, { text: 'Open.' }],
          text: 'I look. Not at that.',
          toolCalls: [
            { callId: 'c1', name: 'f', json: '{"a":1}' },
            { callId: 'c2', name: 'patch', json: '{"input":"a \\"b\\""}' },
          ],
        },
        { role: 'tool', callId: 'c1', content: [text('one')] },
        { role: 'tool', callId: 'c2', content: [text('two')] },
      ],
    ],
    [
      'what was thought and never said',
      [user, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }, user],
      [
        { role: 'user', content: [text('Hi')] },
        { role: 'user', content: [text('Hi')] },
      ],
    ],
    [
      'a call of a namespace',
      [user, { type: 'function_call', call_id: 'c', namespace: 'files', name: 'read', arguments: '{}' }],
      [
        { role: 'user', content: [text('Hi')] },
        { role: 'assistant', text: '', toolCalls: [{ callId: 'c', name: 'files__read', json: '{}' }] },
      ],
    ],
  ])('is read: %s', (_, input, read) => {
    expect(messages(...input)).toEqual(read);
  });

  it('keeps instructions apart from the system texts of the conversation', () => {
    const { request: decoded, instructions } = decodeRequest({
      instructions: 'Be brief.',
      input: [{ role: 'developer', content: 'In verse.' }, user, { role: 'system', content: [{ type: 'input_text', text: 'Now.' }] }],
    });
    expect([decoded.system, instructions]).toEqual([['Be brief.', 'In verse.', 'Now.'], 1]);
    const before = { system: ['Ada asks.'], messages: [{ role: 'user' as const, content: [] }] };
    expect(withHistory(decoded, instructions, before)).toMatchObject({ system: ['Be brief.', 'Ada asks.', 'In verse.', 'Now.'], messages: [before.messages[0], { role: 'user' }] });
    expect(decodeRequest({ input: 'Hi', instructions: '' })).toMatchObject({ instructions: 0, request: { system: [] } });
  });
});

describe('the parameters of a response', () => {
  it.each<[string, Record<string, unknown>, Partial<CompletionRequest>]>([
    ['nothing', {}, { stop: [], tools: [], toolChoice: 'auto', parallelToolCalls: true, responseFormat: { type: 'text' }, samplingParameters: [], apiOnlyParameters: [] }],
    ['a length', { max_output_tokens: 16 }, { maxOutputTokens: 16 }],
    ['an effort', { reasoning: { effort: 'high', summary: 'auto' } }, { reasoningEffort: 'high' }],
    ['no effort, which a vendor is to be told', { reasoning: { effort: 'none' } }, { reasoningEffort: 'none', vendorParameters: { reasoning_effort: 'none' } }],
    ['the highest effort', { reasoning: { effort: 'max' } }, { reasoningEffort: 'xhigh' }],
    ['JSON', { text: { format: { type: 'json_object' } } }, { responseFormat: { type: 'json-object' } }],
    [
      'a schema',
      { text: { format: { type: 'json_schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true } } },
      { responseFormat: { type: 'json-schema', name: 'n', description: 'd', schema: { type: 'object' }, strict: true } },
    ],
    [
      'what shapes the words',
      { temperature: 0.5, top_p: 0.9, text: { verbosity: 'low' } },
      { samplingParameters: ['temperature', 'top_p', 'verbosity'], vendorParameters: { temperature: 0.5, top_p: 0.9, verbosity: 'low' } },
    ],
    ...[
      { user: 'u', safety_identifier: 's', service_tier: 'flex' },
      { prompt_cache_key: 'k', prompt_cache_retention: '24h', prompt_cache_options: { mode: 'explicit' } },
    ].map((sent): [string, Record<string, unknown>, Partial<CompletionRequest>] => ['what is only for a vendor', sent, { samplingParameters: [], vendorParameters: sent }]),
    ['what nobody here can', { top_logprobs: 2, max_tool_calls: 3, truncation: 'auto' }, { ignoredParameters: ['top_logprobs', 'max_tool_calls', 'truncation'] }],
    ['one call at a time', { parallel_tool_calls: false }, { parallelToolCalls: false }],
  ])('are read: %s', (_, body, read) => {
    expect(request(body)).toMatchObject(read);
  });

  it('say nothing where they ask for nothing', () => {
    const { ignoredParameters, vendorParameters } = request({
      top_logprobs: 0,
      truncation: 'disabled',
      include: ['reasoning.encrypted_content'],
      metadata: { a: 'b' },
      store: false,
      stream_options: { include_obfuscation: false },
    });
    expect([ignoredParameters, vendorParameters]).toEqual([undefined, undefined]);
  });
});

describe('the tools of a response', () => {
  const tools = [
    { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false },
    { type: 'function', name: 'g', parameters: null, strict: null },
    { type: 'custom', name: 'patch', description: 'Patches.', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    { type: 'namespace', name: 'files', description: 'Files.', tools: [{ type: 'function', name: 'read' }, { type: 'custom', name: 'run' }, { type: 'web_search' }] },
    { type: 'web_search' },
    { type: 'local_shell' },
    { type: 'web_search' },
  ];

  it('are offered under one flat list of names, and known by those of the client', () => {
    const { request: decoded, tools: table } = decodeRequest({ input: 'Hi', tools });
    expect(decoded.tools).toEqual([
      { name: 'f', description: 'd', parameters: { type: 'object' }, strict: false },
      { name: 'g' },
      { name: 'patch', description: 'Patches.\n\nThe input must match this lark grammar:\nstart: "a"', parameters: freeText },
      { name: 'files__read' },
      { name: 'files__run', parameters: freeText },
    ]);
    expect(decoded.ignoredParameters).toEqual(['web_search', 'local_shell']);
    expect(['f', 'patch', 'files__read', 'files__run', 'unknown'].map((name) => table.given(name))).toEqual([
      { kind: 'function', name: 'f' },
      { kind: 'custom', name: 'patch' },
      { kind: 'function', name: 'read', namespace: 'files' },
      { kind: 'custom', name: 'run', namespace: 'files' },
      { kind: 'function', name: 'unknown' },
    ]);
  });

  it('come with the input too', () => {
    const { request: decoded } = decodeRequest({ input: [{ type: 'additional_tools', role: 'developer', tools: [tools[0], { type: 'mcp' }] }, user] });
    expect([decoded.tools.map(({ name }) => name), decoded.ignoredParameters]).toEqual([['f'], ['mcp']]);
  });

  it('have names that vendors take', () => {
    const long = flatName('mcp__a_server_with_a_long_name', 'a_tool_with_a_name_that_is_long_as_well');
    expect(long).toMatch(/^mcp__a_server_with_a_long_name__a_tool_with_a_name_that_\w+$/);
    expect(long).toHaveLength(64);
    expect(flatName('mcp__a_server_with_a_long_name', 'a_tool_with_a_name_that_is_long_as_wall')).not.toBe(long);
  });

  it.each<[unknown, CompletionRequest['toolChoice'], number?]>([
    [undefined, 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [{ type: 'function', name: 'f' }, { name: 'f' }],
    [{ type: 'custom', name: 'patch' }, { name: 'patch' }],
    [{ type: 'function', name: 'read', namespace: 'files' }, { name: 'files__read' }],
    [{ type: 'web_search' }, 'auto'],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }, { type: 'custom', name: 'patch' }, { type: 'web_search' }] }, 'required', 2],
    [{ type: 'allowed_tools', mode: 'required', tools: [{ type: 'web_search' }] }, 'auto', 0],
  ])('are chosen: %j', (choice, toolChoice, count = 5) => {
    const decoded = request({ tools, tool_choice: choice });
    expect([decoded.toolChoice, decoded.tools.length]).toEqual([toolChoice, count]);
  });

  it('need not be there where one of a vendor is required', () => {
    expect(request({ tools: [{ type: 'web_search' }], tool_choice: 'required' }).toolChoice).toBe('auto');
  });
});
