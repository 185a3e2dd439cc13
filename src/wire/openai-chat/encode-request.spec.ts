import { describe, expect, it } from '@jest/globals';
import { decodeRequest } from './decode-request.js';
import { encodeRequest } from './encode-request.js';

const user = { role: 'user', content: 'Hi' };
const png = 'data:image/png;base64,iVBORw0KGgo=';
const call = (id: string): object => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const tool = (name: string): object => ({ type: 'function', function: { name } });

describe('encodeRequest', () => {
  it('writes what decodeRequest reads', () => {
    const body = {
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image_url', image_url: { url: png } },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png', detail: 'low' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } },
          ],
        },
        { role: 'assistant', content: null, tool_calls: [call('c1')] },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'assistant', content: 'So.' },
        user,
      ],
      max_completion_tokens: 9,
      stop: ['END'],
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } }],
      tool_choice: tool('f'),
      parallel_tool_calls: false,
      response_format: { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' } } },
      temperature: 0.5,
      seed: 7,
      service_tier: 'flex',
      odd: { kept: ['as', 1, 'sent'] },
    };
    const written = encodeRequest(decodeRequest(body), 'gpt', { stream: false });
    expect(written).toEqual({ model: 'gpt', ...body });
    expect(decodeRequest(written)).toEqual(decodeRequest(body));
  });

  it('leaves out what was left out', () => {
    const written = encodeRequest(decodeRequest({ messages: [user], tool_choice: 'none', parallel_tool_calls: false }), 'gpt', { stream: true });
    expect(written).toEqual({ model: 'gpt', messages: [user], stream: true });
  });

  it('names the limit as the vendor does, and lets no field of the client take the place of its own', () => {
    const request = {
      ...decodeRequest({ messages: [user], max_tokens: 5, response_format: { type: 'json_object' } }),
      vendorParameters: { temperature: 0, model: 'other', max_tokens: 9 },
    };
    expect(encodeRequest(request, 'qwen', { stream: false, maxTokensName: 'max_tokens' })).toEqual({
      model: 'qwen',
      messages: [user],
      max_tokens: 5,
      temperature: 0,
      response_format: { type: 'json_object' },
    });
  });

  it.each([
    ['what a client calls no effort', { reasoning_effort: 'none' }, { reasoning_effort: 'none' }],
    ['what the vendor would refuse, not at all', { prompt_cache_key: 'k', user: 'u' }, { user: 'u' }],
  ])('tells the vendor %s', (_, sent, told) => {
    const written = encodeRequest(decodeRequest({ messages: [user], ...sent }), 'gpt', { stream: false, without: ['prompt_cache_key'] });
    expect(written).toEqual({ model: 'gpt', messages: [user], ...told });
  });

  it('leaves the effort to a model whose thinking was switched off in other words: many refuse the word', () => {
    expect(encodeRequest({ ...decodeRequest({ messages: [user] }), reasoningEffort: 'none' }, 'gpt', { stream: false })).toEqual({ model: 'gpt', messages: [user] });
  });

  describe('of what functions showed', () => {
    const image = { type: 'image_url', image_url: { url: png } };
    const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' } };
    const text = (said: string): object => ({ type: 'text', text: said });
    const asked = { role: 'assistant', content: null, tool_calls: [call('c1'), call('c2'), call('c3')] };
    const result = (id: string, content: unknown): object => ({ role: 'tool', tool_call_id: id, content });
    const about = (id: string): object => text(`Part of the result of the tool call ${id} (f):`);
    const pointer = 'The result is in the message of the user that follows.';

    it.each<[string, object[], object[]]>([
      ['an image alone', [result('c1', [image])], [result('c1', pointer), { role: 'user', content: [about('c1'), image] }]],
      ['an image and no word', [result('c1', [text(''), image])], [result('c1', pointer), { role: 'user', content: [about('c1'), image] }]],
      ['words and an image', [result('c1', [text('Look'), image])], [result('c1', 'Look'), { role: 'user', content: [about('c1'), image] }]],
      [
        'several results, behind the last of them, before what the user says',
        [result('c1', [image, text('a'), text('b'), file]), result('c2', 'two'), result('c3', [file]), user],
        [result('c1', [text('a'), text('b')]), result('c2', 'two'), result('c3', pointer), { role: 'user', content: [about('c1'), image, file, about('c3'), file] }, user],
      ],
      ['words alone', [result('c1', [text('a'), text('b')]), user], [result('c1', [text('a'), text('b')]), user]],
    ])('writes %s', (_, results, written) => {
      const request = decodeRequest({ messages: [user, asked, ...results] });
      expect(encodeRequest(request, 'gpt', { stream: false })['messages']).toEqual([user, asked, ...written]);
    });
  });

  it('names an audio part that it cannot pass on', () => {
    const request = decodeRequest({ messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }] });
    expect(() => encodeRequest(request, 'gpt', { stream: false })).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[0].content[0]' }));
  });
});
