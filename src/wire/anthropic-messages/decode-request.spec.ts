import { describe, expect, it } from '@jest/globals';
import { decodePrompt, decodeRequest } from './decode-request.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';

const hi = { role: 'user', content: 'hi' };
const body = (more: object): Record<string, unknown> => ({ max_tokens: 100, messages: [hi], ...more });
const messagesOf = (...messages: object[]): CompletionRequest['messages'] => decodeRequest(body({ messages })).messages;
const contentOf = (...content: object[]): unknown => (messagesOf({ role: 'user', content })[0] as { content: unknown }).content;
const said = (text: string): object => ({ role: 'user', content: [{ type: 'text', text }] });
const tool = { name: 'f', input_schema: { type: 'object' } };
const offered = { name: 'f', parameters: { type: 'object' } };

describe('decodeRequest', () => {
  it('reads the least there can be', () => {
    expect(decodeRequest(body({}))).toEqual({
      system: [],
      messages: [said('hi')],
      maxOutputTokens: 100,
      stop: [],
      tools: [],
      toolChoice: 'auto',
      parallelToolCalls: true,
      responseFormat: { type: 'text' },
      samplingParameters: [],
      apiOnlyParameters: [],
    });
  });

  it.each<[string, object, Partial<CompletionRequest>]>([
    ['a system text', { system: 'Be terse.' }, { system: ['Be terse.'] }],
    [
      'system blocks, with marks for the cache, without words for the accounts',
      {
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2' },
          { type: 'text', text: 'a', cache_control: { type: 'ephemeral' } },
          { type: 'text', text: '' },
        ],
      },
      { system: ['a'] },
    ],
    ['stop sequences', { stop_sequences: ['a', 'b', 'c', 'd', 'e'] }, { stop: ['a', 'b', 'c', 'd', 'e'] }],
    [
      'sampling parameters',
      { temperature: 0.5, top_p: 1, top_k: 5 },
      { samplingParameters: ['temperature', 'top_p'], vendorParameters: { temperature: 0.5, top_p: 1 }, ignoredParameters: ['top_k'] },
    ],
    ['what is for Anthropic alone', { metadata: { user_id: 'u' }, service_tier: 'auto', context_management: { edits: [] }, betas: ['x'], unknown: 1 }, {}],
    ['thinking by a small budget', { thinking: { type: 'enabled', budget_tokens: 1024 } }, { reasoningEffort: 'low' }],
    ['thinking by a budget', { thinking: { type: 'enabled', budget_tokens: 10_000 } }, { reasoningEffort: 'medium' }],
    ['thinking by a large budget', { thinking: { type: 'enabled', budget_tokens: 31_999 } }, { reasoningEffort: 'high' }],
    ['no thinking', { thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, { reasoningEffort: 'none' }],
    ['an effort', { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'medium' } }, { reasoningEffort: 'medium' }],
    ['the greatest effort', { output_config: { effort: 'max' } }, { reasoningEffort: 'xhigh' }],
    ['an effort and a budget', { thinking: { type: 'enabled', budget_tokens: 1024 }, output_config: { effort: 'high' } }, { reasoningEffort: 'high' }],
    [
      'a schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { responseFormat: { type: 'json-schema', name: 'output', schema: { type: 'object' } } },
    ],
    ['a schema, the older way', { output_format: { type: 'json_schema', schema: {} } }, { responseFormat: { type: 'json-schema', name: 'output', schema: {} } }],
    ['a tool', { tools: [{ ...tool, description: 'd', strict: true, cache_control: { type: 'ephemeral' } }] }, { tools: [{ ...offered, description: 'd', strict: true }] }],
    ['a tool that says it is custom', { tools: [{ ...tool, type: 'custom' }] }, { tools: [offered] }],
    [
      'tools that are not here',
      { tools: [tool, { type: 'web_search_20250305', name: 'web_search' }, { type: 'bash_20250124', name: 'bash' }], tool_choice: { type: 'tool', name: 'bash' } },
      { tools: [offered], ignoredParameters: ['web_search_20250305', 'bash_20250124'] },
    ],
    [
      'a wish for any of the tools that are not here',
      { tools: [{ type: 'web_search_20250305', name: 'web_search' }], tool_choice: { type: 'any' } },
      { ignoredParameters: ['web_search_20250305'] },
    ],
    ['any tool, one', { tools: [tool], tool_choice: { type: 'any', disable_parallel_tool_use: true } }, { tools: [offered], toolChoice: 'required', parallelToolCalls: false }],
    ['a tool by its name', { tools: [tool], tool_choice: { type: 'tool', name: 'f' } }, { tools: [offered], toolChoice: { name: 'f' } }],
    ['no tool', { tools: [tool], tool_choice: { type: 'none' } }, { tools: [offered], toolChoice: 'none' }],
    ['servers of tools', { mcp_servers: [{ type: 'url' }] }, { ignoredParameters: ['mcp_servers'] }],
  ])('reads %s', (_, more, expected) => {
    expect(decodeRequest(body(more))).toEqual({ ...decodeRequest(body({})), ...expected });
  });

  it('counts what has no limit', () => {
    expect(decodePrompt({ messages: [hi] }).maxOutputTokens).toBeUndefined();
  });
});

describe('the blocks of a user', () => {
  it('are read with their places', () => {
    expect(
      contentOf(
        { type: 'text', text: 'look', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: '' },
        { type: 'image', source: { type: 'base64', media_type: 'image/jpg', data: 'AAAA' } },
        { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'document', title: 'a.pdf', source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
      ),
    ).toEqual([
      { type: 'text', text: 'look' },
      { type: 'image', mediaType: 'image/jpeg', data: 'AAAA', param: 'messages.0.content.2' },
      { type: 'image-url', url: 'https://example.com/a.png', param: 'messages.0.content.3' },
      { type: 'file', mediaType: 'application/pdf', data: 'AAAA', filename: 'a.pdf', param: 'messages.0.content.4' },
    ]);
  });

  it('are text where they can be', () => {
    expect(
      contentOf(
        { type: 'document', title: 'notes', context: 'old', source: { type: 'text', media_type: 'text/plain', data: 'words' } },
        {
          type: 'document',
          source: {
            type: 'content',
            content: [
              { type: 'text', text: 'x' },
              { type: 'image', source: { type: 'url', url: 'http://a.b/c' } },
            ],
          },
        },
        { type: 'search_result', title: 't', source: 's', content: [{ type: 'text', text: 'found' }] },
      ),
    ).toEqual([
      { type: 'text', text: 'About the document notes: old' },
      { type: 'text', text: '<document title="notes">\n' },
      { type: 'text', text: 'words' },
      { type: 'text', text: '\n</document>' },
      { type: 'text', text: '<document>\n' },
      { type: 'text', text: 'x' },
      { type: 'image-url', url: 'http://a.b/c', param: 'messages.0.content.1' },
      { type: 'text', text: '\n</document>' },
      { type: 'text', text: '<search_result title="t" source="s">\nfound\n</search_result>' },
    ]);
  });
});

const use = (id: string): object => ({ type: 'tool_use', id, name: 'f', input: { a: 1 } });
const result = (id: string, more: object = {}): object => ({ type: 'tool_result', tool_use_id: id, content: `of ${id}`, ...more });
const called = (...ids: string[]): object => ({ role: 'assistant', text: '', toolCalls: ids.map((callId) => ({ callId, name: 'f', json: '{"a":1}' })) });
const returned = (callId: string): object => ({ role: 'tool', callId, content: [{ type: 'text', text: `of ${callId}` }] });

describe('a conversation', () => {
  it('has answers with thoughts and calls', () => {
    const [, answer] = messagesOf(
      hi,
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'thinking', thinking: 'unsigned', signature: '' },
          { type: 'redacted_thinking', data: 'enc' },
          { type: 'text', text: 'I ' },
          { type: 'server_tool_use', id: 'srv', name: 'web_search', input: {} },
          { type: 'web_search_tool_result', tool_use_id: 'srv', content: [] },
          { type: 'text', text: 'see' },
          use('c1'),
        ],
      },
      { role: 'user', content: [result('c1')] },
    );
    expect(answer).toEqual({
      role: 'assistant',
      reasoning: [{ text: 'hm', signature: 'sig' }, { text: 'unsigned' }, { text: '', signature: 'enc', redacted: true }],
      text: 'I see',
      toolCalls: [{ callId: 'c1', name: 'f', json: '{"a":1}' }],
    });
  });

  it('has results before words, whatever stands first', () => {
    expect(messagesOf(hi, { role: 'assistant', content: [use('c1'), use('c2')] }, { role: 'user', content: [{ type: 'text', text: 'now' }, result('c1'), result('c2')] })).toEqual([
      said('hi'),
      called('c1', 'c2'),
      returned('c1'),
      returned('c2'),
      said('now'),
    ]);
  });

  it('has results of every kind', () => {
    const [, , ...results] = messagesOf(
      hi,
      { role: 'assistant', content: [use('c1'), use('c2'), use('c3')] },
      {
        role: 'user',
        content: [
          result('c1', { content: undefined }),
          result('c2', {
            is_error: true,
            content: [
              { type: 'text', text: 'no' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            ],
          }),
          result('c3', { content: [{ type: 'tool_reference', tool_name: 'Late' }] }),
        ],
      },
    );
    expect(results).toEqual([
      { role: 'tool', callId: 'c1', content: [{ type: 'text', text: '' }] },
      {
        role: 'tool',
        callId: 'c2',
        isError: true,
        content: [
          { type: 'text', text: 'no' },
          { type: 'image', mediaType: 'image/png', data: 'AAAA', param: 'messages.2.content.1.content.1' },
        ],
      },
      { role: 'tool', callId: 'c3', content: [{ type: 'text', text: 'The tool Late is there now.' }] },
    ]);
  });

  it('joins answers that follow each other, and leaves out those that say nothing', () => {
    expect(
      messagesOf(
        hi,
        { role: 'assistant', content: [use('c1')] },
        { role: 'assistant', content: '' },
        { role: 'assistant', content: [use('c2')] },
        { role: 'user', content: [result('c1'), result('c2')] },
      ),
    ).toEqual([said('hi'), called('c1', 'c2'), returned('c1'), returned('c2')]);
  });

  it('has system messages: with the system texts before the first answer, where they stand after it, never between a call and its results', () => {
    const { system, messages } = decodeRequest(
      body({
        system: 'first',
        messages: [
          hi,
          { role: 'system', content: [{ type: 'text', text: 'second' }] },
          { role: 'assistant', content: [use('c1')] },
          { role: 'system', content: 'third' },
          { role: 'user', content: [result('c1')] },
          { role: 'assistant', content: 'done' },
          { role: 'user', content: 'next' },
          { role: 'system', content: 'fourth' },
        ],
      }),
    );
    expect(system).toEqual(['first', 'second']);
    expect(messages).toEqual([
      said('hi'),
      called('c1'),
      returned('c1'),
      said('<system-reminder>\nthird\n</system-reminder>'),
      { role: 'assistant', text: 'done', toolCalls: [] },
      said('next'),
      said('<system-reminder>\nfourth\n</system-reminder>'),
    ]);
  });

  it('has system messages for one turn alone', () => {
    const fleeting = { role: 'system', content: 'x', clear_at: 'next_user_message', output_config: { effort: 'high' } };
    const { system, reasoningEffort } = decodeRequest(body({ messages: [hi, fleeting], output_config: { effort: 'low' } }));
    expect([system, reasoningEffort]).toEqual([['x'], 'high']);
    const later = decodeRequest(body({ messages: [hi, fleeting, { role: 'assistant', content: 'a' }, hi], output_config: { effort: 'low' } }));
    expect([later.system, later.reasoningEffort]).toEqual([[], 'low']);
  });

  it('adds tools and takes them away', () => {
    const change = (type: string, of: object): object => ({ role: 'system', content: [{ type, tool: of }] });
    const reference = { type: 'tool_reference', name: 'f' };
    const toolsAfter = (...changes: object[]): string[] => decodeRequest(body({ tools: [tool, { ...tool, name: 'g' }], messages: [hi, ...changes] })).tools.map(({ name }) => name);
    expect(toolsAfter(change('tool_removal', reference))).toEqual(['g']);
    expect(toolsAfter(change('tool_removal', reference), change('tool_addition', reference))).toEqual(['g', 'f']);
    expect(toolsAfter(change('tool_addition', { type: 'tool_definition', definition: { ...tool, name: 'h' } }))).toEqual(['f', 'g', 'h']);
    expect(toolsAfter(change('tool_addition', { type: 'mcp_toolset_reference', server_name: 's' }))).toEqual(['f', 'g']);
  });
});
