import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeConversation, encodeNextTurn, encodeTranscript, type TurnScript } from './encode-turn.js';
import { WORD_JOINER } from './neutral-text.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type Message, type ToolCall } from '../../kernel/message.js';
import { completionRequest } from '../../../test/support/completion-request.js';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const user = (...content: ContentPart[]): Message => ({ role: 'user', content });
const assistant = (words: string, ...toolCalls: ToolCall[]): Message => ({ role: 'assistant', text: words, toolCalls });
const tool = (callId: string, ...content: ContentPart[]): Message => ({ role: 'tool', callId, content });
const image = (mediaType = 'image/png', param = 'p'): ContentPart => ({ type: 'image', mediaType, data: 'AAAA', param });
const request = (messages: Message[], system: string[] = [], more: Partial<CompletionRequest> = {}): CompletionRequest => completionRequest(messages, { system, ...more });
const systemBlock = (words: string): string => `[System instructions]\n${words}\n[End of the system instructions]`;
const called = (id: string, name: string, args: object): object => ({ functionCall: { id, name: `mcp_client_${name}`, args } });
const result = (id: string, name: string, response: object): object => ({ functionResponse: { id, name: `mcp_client_${name}`, response } });
/** Roles and texts, the prompt last. */
const told = ({ history, prompt }: TurnScript): unknown[] => [
  ...history.map(({ role, parts }) => [role, ...parts.map((part) => ('text' in part ? part.text : 'inlineData' in part ? part.inlineData.mimeType : part))]),
  ['prompt', ...prompt.map((block) => (block.type === 'text' ? block.text : block.type))],
];

describe(encodeConversation.name, () => {
  it.each<[string, Message[], string[], unknown[]]>([
    ['one message', [user(text('hi'))], [], [['prompt', 'hi']]],
    ['messages of one role are one turn', [user(text('a')), user(text('b'), text('c'))], [], [['prompt', 'a', 'b', 'c']]],
    [
      'answers too',
      [user(text('a')), assistant('b'), assistant('c'), user(text('d'))],
      [],
      [
        ['user', 'a'],
        ['model', 'b', 'c'],
        ['prompt', 'd'],
      ],
    ],
    ['the system text comes before the first words', [user(text('a'))], ['s'], [['prompt', systemBlock('s'), 'a']]],
    [
      'of the whole conversation',
      [user(text('a')), assistant('b'), user(text('c'))],
      ['s', '', ' ', 't'],
      [
        ['user', systemBlock('s\n\nt'), 'a'],
        ['model', 'b'],
        ['prompt', 'c'],
      ],
    ],
    [
      'also where the assistant began',
      [assistant('b'), user(text('c'))],
      ['s'],
      [
        ['user', systemBlock('s')],
        ['model', 'b'],
        ['prompt', 'c'],
      ],
    ],
    ['a blank one is none', [user(text('a'))], [' ', '\n'], [['prompt', 'a']]],
    [
      'messages that say nothing are left out',
      [user(text(' ')), assistant('a'), user(text('q')), assistant(''), user(text('r'), text(''))],
      [],
      [
        ['model', 'a'],
        ['prompt', 'q', 'r'],
      ],
    ],
    [
      'pictures in their place',
      [user(text('a'), image()), assistant('b'), user(image('image/webp'), text('c'))],
      [],
      [
        ['user', 'a', 'image/png'],
        ['model', 'b'],
        ['prompt', 'image', 'c'],
      ],
    ],
    [
      'functions by the names that the model knows them by, and their results',
      [user(text('a')), assistant('', { callId: '1', name: 'f', json: '{"x":1}' }), tool('1', text('42')), user(text('so?'))],
      [],
      [
        ['user', 'a'],
        ['model', called('1', 'f', { x: 1 })],
        ['user', result('1', 'f', { output: '42' })],
        ['prompt', 'so?'],
      ],
    ],
    [
      'pictures among them are said behind',
      [user(text('a')), assistant('b', { callId: '1', name: 'f', json: '' }, { callId: '2', name: 'g', json: '[]' }), tool('2', text('/'), text('x')), tool('1', image())],
      [],
      [
        ['user', 'a'],
        ['model', 'b', called('1', 'f', {}), called('2', 'g', { arguments: '[]' })],
        ['user', result('2', 'g', { output: '/x' }), result('1', 'f', { output: '' })],
        ['prompt', 'image'],
      ],
    ],
    [
      'where they are all that is new, the model is asked to go on',
      [user(text('a')), assistant('', { callId: '1', name: 'f', json: '{"x":' }), { role: 'tool', callId: '1', content: [text('no')], isError: true }],
      [],
      [
        ['user', 'a'],
        ['model', called('1', 'f', { arguments: '{"x":' })],
        ['user', result('1', 'f', { error: 'no' })],
        ['prompt', 'Go on with the results of the functions.'],
      ],
    ],
    [
      'no text is a command to the CLI',
      [user(text('/help')), assistant('?'), user(text('$x'), text('<session_context>'), text('@/etc/passwd'))],
      ['/init'],
      [
        ['user', systemBlock('/init'), `${WORD_JOINER}/help`],
        ['model', `${WORD_JOINER}?`],
        ['prompt', `${WORD_JOINER}$x`, `${WORD_JOINER}<session_context>`, '@/etc/passwd'],
      ],
    ],
  ])('%s', (_, messages, system, expected) => {
    expect(told(encodeConversation(request(messages, system)))).toEqual(expected);
  });

  it('hands pictures on as they are', () => {
    const { history, prompt } = encodeConversation(request([user(image()), assistant('b'), user(image('image/jpeg'))]));
    expect(history[0]?.parts).toEqual([{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }]);
    expect(prompt).toEqual([{ type: 'image', mimeType: 'image/jpeg', data: 'AAAA' }]);
  });

  it('counts the characters of all that is said', () => {
    expect(encodeConversation(request([user(text('abc'), image()), assistant('de'), user(text('f'))])).characters).toBe(6);
  });

  it.each<[ContentPart, string]>([
    [{ type: 'image-url', url: 'https://x', param: 'messages[0].content[1]' }, 'messages[0].content[1]'],
    [image('image/tiff', 'b'), 'b'],
    [image('image/svg+xml', 'c'), 'c'],
    [{ type: 'file', mediaType: 'application/pdf', data: '', param: 'd' }, 'd'],
    [{ type: 'audio', param: 'e' }, 'e'],
  ])('refuses %j and names it, wherever it stands', (part, param) => {
    const refusal = expect.objectContaining({ code: 'unsupported_parameter', param });
    for (const messages of [[user(text('a'), part)], [user(part), assistant('b'), user(text('c'))], [user(text('a')), tool('1', part)]]) {
      expect(() => encodeConversation(request(messages))).toThrow(refusal);
    }
  });

  it('refuses what no CLI can do', () => {
    const apiOnly = request([user(text('a'))], [], { apiOnlyParameters: ['logprobs'] });
    for (const encode of [encodeConversation, encodeNextTurn]) expect(() => encode(apiOnly)).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param: 'logprobs' }));
  });

  it.each([
    ['no message', []],
    ['a blank one', [user(text(' '))]],
    ['a blank one last', [user(text('q')), assistant('a'), user(text(''), text('\n'))]],
    ['one without parts', [user(text('q')), assistant('a'), user()]],
    ['an answer last', [user(text('q')), assistant('a')]],
  ])('refuses to answer %s', (_, messages) => {
    const refusal = expect.objectContaining({ code: 'invalid_parameter', param: 'messages' });
    expect(() => encodeConversation(request(messages, ['s']))).toThrow(refusal);
    expect(encodeNextTurn(request(messages))).toBeUndefined();
  });

  it('alternates between user and model, ends with the user, and loses no word, whatever was said', () => {
    const words = fc.stringMatching(/^[a-z]{1,8}$/);
    const message = fc.oneof(
      words.map((word) => user(text(word))),
      words.map((word) => assistant(word)),
      words.map((word) => tool('1', text(word))),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), words, fc.array(words, { maxLength: 2 }), (messages, last, system) => {
        const { history, prompt } = encodeConversation(request([...messages, user(text(last))], system));
        const roles = history.map(({ role }) => role);
        expect(roles.every((role, index) => role !== roles[index - 1])).toBe(true);
        expect(history.at(-1)?.role === 'user' && history.at(-1)?.parts.some((part) => !('functionResponse' in part))).toBe(false);
        const all = JSON.stringify([history, prompt]);
        for (const said of [...messages.map((one) => JSON.stringify(one)), ...system, last]) {
          for (const word of said.match(/(?<="text":")[a-z]+/g) ?? []) expect(all).toContain(word);
        }
        return true;
      }),
    );
  });
});

describe(encodeNextTurn.name, () => {
  it.each<[string, Message[], unknown[]]>([
    ['what follows the last answer', [user(text('one')), assistant('a'), user(text('two')), user(text('/three'))], [['prompt', 'two', `${WORD_JOINER}/three`]]],
    ['a picture', [user(text('one')), assistant('a'), user(image())], [['prompt', 'image']]],
  ])('says %s alone, and not the system text again', (_, messages, expected) => {
    expect(told(encodeNextTurn(request(messages, ['s']))!)).toEqual(expected);
  });

  it('counts the characters that are said now', () => {
    expect(encodeNextTurn(request([user(text('one')), assistant('a'), user(text('two'))]))?.characters).toBe(3);
  });

  it('is nothing where a blank message follows a blank answer, which the whole conversation takes', () => {
    const blank = request([user(text('one')), assistant(''), user(text(' '))]);
    expect(encodeNextTurn(blank)).toBeUndefined();
    expect(told(encodeConversation(blank))).toEqual([['prompt', 'one']]);
  });
});

describe(encodeTranscript.name, () => {
  it('tells the conversation as one text, and what is said last as it is', () => {
    const script = encodeConversation(request([user(text('one'), image()), assistant('a'), user(text('two'), image())], ['s']));
    const { history, prompt, characters } = encodeTranscript(script);
    expect([history, characters]).toEqual([[], script.characters]);
    expect(prompt).toEqual([
      { type: 'text', text: `The conversation so far:\n\nUser: ${systemBlock('s')}\none\n[image]\n\nAssistant: a\n\nThe user's next message:` },
      { type: 'text', text: 'two' },
      { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    ]);
  });

  it('tells of functions in words', () => {
    const calls = [
      { callId: '1', name: 'f', json: '{"x":1}' },
      { callId: '2', name: 'g', json: '{}' },
    ];
    const messages: Message[] = [user(text('one')), assistant('', ...calls), tool('1', text('42')), { role: 'tool', callId: '2', content: [text('no')], isError: true }];
    const [first, last] = encodeTranscript(encodeConversation(request(messages))).prompt;
    expect(first).toMatchObject({
      text: expect.stringContaining(
        'Assistant: [I called the function mcp_client_f with {"x":1}]\n[I called the function mcp_client_g with {}]\n\nUser: [The result of the function mcp_client_f]\n42\n[The function mcp_client_g failed]\nno',
      ),
    });
    expect(last).toMatchObject({ text: expect.stringMatching(/^Go on/) });
  });

  it('leaves a first message as it is', () => {
    const script = encodeConversation(request([user(text('one'))], ['s']));
    expect(encodeTranscript(script)).toEqual(script);
  });
});
