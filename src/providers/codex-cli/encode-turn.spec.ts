import { describe, expect, it } from '@jest/globals';
import { encodeConversation, encodeNextTurn } from './encode-turn.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type Message } from '../../kernel/message.js';
import { completionRequest } from '../../../test/support/completion-request.js';

const user = (...content: ContentPart[]): Message => ({ role: 'user', content });
const text = (words: string): ContentPart => ({ type: 'text', text: words });
const image: ContentPart = { type: 'image', mediaType: 'image/png', data: 'iVBORw0KGgo=', param: 'messages[0].content[1]' };

describe(encodeConversation.name, () => {
  it('tells the history in roles, and then the last words', () => {
    const messages: Message[] = [
      user(text('one')),
      { role: 'assistant', text: 'first', toolCalls: [{ callId: 'c1', name: 'f', json: '{"a":1}' }] },
      { role: 'tool', callId: 'c1', content: [text('42'), text('43')] },
      { role: 'assistant', text: '', toolCalls: [] },
      user(text('two'), image),
    ];
    expect(encodeConversation(completionRequest(messages, { system: ['s1', ' ', 's2'], reasoningEffort: 'low' }))).toEqual({
      instructions: 's1\n\ns2',
      tools: [],
      names: expect.anything(),
      items: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'first' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'c1', output: '42\n43' },
      ],
      input: [
        { type: 'text', text: 'two' },
        { type: 'image', url: 'data:image/png;base64,iVBORw0KGgo=' },
      ],
      effort: 'low',
      schema: undefined,
    });
  });

  it('says nothing where the conversation ends with the result of a tool', () => {
    const { items, input } = encodeConversation(completionRequest([user(text('x')), { role: 'tool', callId: 'c', content: [text('y')] }]));
    expect([items.length, input]).toEqual([2, []]);
  });

  it('tells a picture of the history too, and no words that are none', () => {
    const { instructions, items, input } = encodeConversation(completionRequest([user(image), { role: 'assistant', text: 'a', toolCalls: [] }, user()], { system: ['', '\n'] }));
    expect([instructions, items[0], input]).toEqual([
      '',
      { type: 'message', role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' }] },
      [],
    ]);
  });

  it('refuses what it cannot take anywhere in the history, and in the result of a tool', () => {
    const file: ContentPart = { type: 'file', mediaType: 'application/pdf', data: '', param: 'messages[0].content[0]' };
    expect(() => encodeConversation(completionRequest([user(file), user(text('x'))]))).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[0].content[0]' }),
    );
    expect(() => encodeConversation(completionRequest([user(text('x')), { role: 'tool', callId: 'c', content: [file] }]))).toThrow(
      expect.objectContaining({ code: 'unsupported_parameter', param: 'messages[0].content[0]' }),
    );
  });

  it.each<[ContentPart, string]>([
    [{ type: 'image-url', url: 'https://x', param: 'messages[0].content[0]' }, 'messages[0].content[0]'],
    [{ type: 'file', mediaType: 'application/pdf', data: '', param: 'p' }, 'p'],
    [{ type: 'audio', param: 'q' }, 'q'],
  ])('refuses %j and names it', (part, param) => {
    expect(() => encodeConversation(completionRequest([user(part)]))).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });
});

describe('functions', () => {
  const tools = [{ name: 'f' }, { name: 'mcp__g' }];

  it.each<[CompletionRequest['toolChoice'], string[], string]>([
    ['auto', ['f', '_mcp__g'], 's'],
    ['none', [], 's'],
    ['required', ['f', '_mcp__g'], 's\n\nAnswer by calling one or more of the tools that you are given. Do not answer in words alone.'],
    [{ name: 'mcp__g' }, ['_mcp__g'], 's\n\nAnswer by calling the tool _mcp__g. Do not answer in words alone.'],
  ])('keep the choice %j', (toolChoice, names, instructions) => {
    const script = encodeConversation(completionRequest([user(text('x'))], { system: ['s'], tools, toolChoice }));
    expect([script.tools.map(({ name }) => name), script.instructions]).toEqual([names, instructions]);
  });

  it('tell the history by the same names, and pictures in results', () => {
    const messages: Message[] = [
      user(text('x')),
      { role: 'assistant', text: '', toolCalls: [{ callId: 'c', name: 'mcp__g', json: '{}' }] },
      { role: 'tool', callId: 'c', content: [text('y'), image] },
    ];
    expect(encodeConversation(completionRequest(messages, { tools })).items.slice(1)).toEqual([
      { type: 'function_call', call_id: 'c', name: '_mcp__g', arguments: '{}' },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: [
          { type: 'input_text', text: 'y' },
          { type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' },
        ],
      },
    ]);
  });
});

describe(encodeNextTurn.name, () => {
  it('is what follows the last answer', () => {
    const { items, input } = encodeNextTurn(completionRequest([user(text('one')), { role: 'assistant', text: 'a', toolCalls: [] }, user(text('two')), user(text('three'))]));
    expect([items, input]).toEqual([[{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'two' }] }], [{ type: 'text', text: 'three' }]]);
  });

  it('is the result of the tool that the last answer called', () => {
    const { items, input } = encodeNextTurn(
      completionRequest([
        user(text('one')),
        { role: 'assistant', text: '', toolCalls: [{ callId: 'c', name: 'f', json: '{}' }] },
        { role: 'tool', callId: 'c', content: [text('42')] },
      ]),
    );
    expect([items, input]).toEqual([[{ type: 'function_call_output', call_id: 'c', output: '42' }], []]);
  });
});
