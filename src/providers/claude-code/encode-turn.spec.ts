import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeConversation, nextTurnOf, type ScriptLine } from './encode-turn.js';
import { DEFAULT_MODEL } from './models.js';
import { defaultTurnSettings, turnSettings } from './turn-settings.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type Message } from '../../kernel/message.js';
import { completionRequest } from '../../../test/support/completion-request.js';

const user = (...parts: (string | ContentPart)[]): Message => ({ role: 'user', content: parts.map((part) => (typeof part === 'string' ? { type: 'text', text: part } : part)) });
const assistant = (text: string, ...calls: string[]): Message => ({
  role: 'assistant',
  text,
  toolCalls: calls.map((callId) => ({ callId, name: 'get', json: `{"for":"${callId}"}` })),
});
const tool = (callId: string, text: string): Message => ({ role: 'tool', callId, content: [{ type: 'text', text }] });
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs';

interface Line {
  readonly type: string;
  readonly shouldQuery?: boolean;
  readonly client_composed?: boolean;
  readonly request: { readonly subtype: string; readonly systemPrompt: readonly string[]; readonly settings?: unknown };
  readonly message: { readonly content: unknown };
}

const written = (line: ScriptLine): string => (typeof line === 'string' ? line : line('claude-opus-full'));
const read = (line: ScriptLine): Line => JSON.parse(written(line)) as Line;

/** The batches as objects, control requests by their inner request. */
function script(messages: readonly Message[], more: Partial<CompletionRequest> = {}, model = 'opus'): Line[][] {
  return encodeConversation(completionRequest(messages, more), model).batches.map((batch) => batch.map(read));
}

const contents = (messages: readonly Message[]): unknown[] =>
  script(messages)
    .flat()
    .filter(({ type }) => type !== 'control_request')
    .map(({ type, message }) => [type, message.content]);

describe('encodeConversation', () => {
  it('opens with the system prompt of the client, then the model, then the message', () => {
    const [batch, ...rest] = script([user('hi')], { system: ['Be terse.', 'Be kind.'] });
    const [initialize, model, message] = batch!;
    expect(initialize!.request).toEqual({ subtype: 'initialize', systemPrompt: ['Be terse.', 'Be kind.'] });
    expect(model!.request).toEqual({ subtype: 'apply_flag_settings', settings: { model: 'opus' } });
    expect(message).toEqual({ type: 'user', client_composed: true, message: { role: 'user', content: 'hi' }, parent_tool_use_id: null, session_id: '' });
    expect(rest).toEqual([]);
  });

  it('keeps the own prompt of the CLI out where the client has none', () => {
    expect(script([user('hi')])[0]![0]!.request.systemPrompt).toEqual([]);
    expect(script([user('hi')], { system: [' \n', ''] })[0]![0]!.request.systemPrompt).toEqual([]);
  });

  it('sets effort and token limit only where the client does', () => {
    expect(script([user('hi')])[0]).toHaveLength(3);
    const settings = script([user('hi')], { reasoningEffort: 'none', maxOutputTokens: 7 })[0]![1]!.request;
    const env = { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '7', CLAUDE_CODE_DISABLE_THINKING: '1' };
    expect(settings).toEqual({ subtype: 'apply_flag_settings', settings: { model: 'opus', effortLevel: 'low', env } });
  });

  it('leaves out what the process was started with', () => {
    const types = ({ type, request }: Line): string => (type === 'control_request' ? request.subtype : type);
    expect(script([user('hi')], {}, DEFAULT_MODEL)[0]!.map(types)).toEqual(['initialize', 'user']);
    expect(script([user('hi')], { maxOutputTokens: 7 }, DEFAULT_MODEL)[0]![1]!.request.settings).not.toHaveProperty('model');
  });

  it('writes earlier turns as turns, and waits after each earlier user line', () => {
    const batches = script([user('a'), assistant('b'), user('c'), assistant('d'), user('e')]);
    const seen = batches.map((batch) => batch.filter(({ type }) => type !== 'control_request').map(({ type, shouldQuery }) => [type, shouldQuery]));
    expect(seen).toEqual([
      [['user', false]],
      [
        ['assistant', undefined],
        ['user', false],
      ],
      [
        ['assistant', undefined],
        ['user', undefined],
      ],
    ]);
    expect(
      batches
        .flat()
        .filter(({ type }) => type === 'user')
        .every((line) => line.client_composed === true),
    ).toBe(true);
    expect(batches[1]![0]!.message).toMatchObject({ role: 'assistant', model: 'claude-opus-full', stop_reason: 'end_turn', content: [{ type: 'text', text: 'b' }] });
  });

  it('joins messages of one role, leaves empty ones out and blank texts with them', () => {
    expect(contents([user('a'), user('b', ' \n'), assistant(''), user('  ')])).toEqual([
      [
        'user',
        [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b \n' },
        ],
      ],
    ]);
    expect(contents([user('a'), assistant('b'), user(' '), assistant('c'), user('d')])[1]).toEqual([
      'assistant',
      [
        { type: 'text', text: 'b' },
        { type: 'text', text: 'c' },
      ],
    ]);
  });

  it('tells in the system prompt what the assistant said first', () => {
    const [initialize, , message] = script([assistant('Welcome!'), user('hi')], { system: ['S'] })[0]!;
    expect(initialize!.request.systemPrompt).toEqual(['S', 'You began the conversation with:\n\nWelcome!']);
    expect(message!.message.content).toBe('hi');
  });

  it('writes calls of functions and their results as blocks, results first', () => {
    expect(contents([user('w?'), assistant('let me', 't1', 't2'), tool('t2', 'R2'), user('and?'), tool('t1', '')])).toEqual([
      ['user', 'w?'],
      [
        'assistant',
        [
          { type: 'text', text: 'let me' },
          { type: 'tool_use', id: 't1', name: 'get', input: { for: 't1' } },
          { type: 'tool_use', id: 't2', name: 'get', input: { for: 't2' } },
        ],
      ],
      [
        'user',
        [
          { type: 'tool_result', tool_use_id: 't2', content: [{ type: 'text', text: 'R2' }] },
          { type: 'tool_result', tool_use_id: 't1', content: [] },
          { type: 'text', text: 'and?' },
        ],
      ],
    ]);
  });

  it.each([
    ['{broken', { arguments: '{broken' }],
    ['[1]', { arguments: '[1]' }],
    ['', {}],
    ['{"a":1}', { a: 1 }],
  ])('takes the arguments %s of an earlier call', (json, input) => {
    const call: Message = { role: 'assistant', text: '', toolCalls: [{ callId: 't', name: 'get', json }] };
    expect(contents([user('a'), call, tool('t', 'R')])[1]).toEqual(['assistant', [{ type: 'tool_use', id: 't', name: 'get', input }]]);
  });

  it('passes pictures and PDF files on', () => {
    const image: ContentPart = { type: 'image', mediaType: 'image/png', data: png, param: 'p' };
    const pdf: ContentPart = { type: 'file', mediaType: 'application/pdf', data: 'JVBERi0=', filename: 'a.pdf', param: 'p' };
    expect(contents([user(image, pdf)])).toEqual([
      [
        'user',
        [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' }, title: 'a.pdf' },
        ],
      ],
    ]);
  });

  const refused: readonly [string, string, ContentPart][] = [
    ['unsupported_parameter', 'image-url', { type: 'image-url', url: 'https://x.test/a.png', param: 'messages[0].content[1]' }],
    ['unsupported_parameter', 'audio', { type: 'audio', param: 'messages[0].content[1]' }],
    ['unsupported_parameter', 'text file', { type: 'file', mediaType: 'text/plain', data: 'aGk=', param: 'messages[0].content[1]' }],
    ['unsupported_parameter', 'SVG', { type: 'image', mediaType: 'image/svg+xml', data: 'PHN2Zz4=', param: 'messages[0].content[1]' }],
    ['invalid_parameter', 'broken picture', { type: 'image', mediaType: 'image/png', data: 'aGVsbG8=', param: 'messages[0].content[1]' }],
  ];

  it.each(refused)('%s: %s, by its place', (code, _name, part) => {
    expect(() => script([user('a', part)])).toThrow(expect.objectContaining({ code, param: 'messages[0].content[1]' }));
  });

  const unsupported: readonly [string, Partial<CompletionRequest>][] = [['n', { apiOnlyParameters: ['n'] }]];

  it.each(unsupported)('refuses %s by name', (param, more) => {
    expect(() => script([user('a')], more)).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });

  it('offers no functions where the client wants none called', () => {
    expect(script([user('a')], { tools: [{ name: 'get' }], toolChoice: 'none' })[0]).toHaveLength(3);
  });

  it.each<[string, readonly Message[]]>([
    ['an empty last message', [user('a'), assistant('b'), user(' ')]],
    ['a result without its call', [user('a'), assistant('b'), tool('t1', 'R')]],
    ['a result twice', [user('a'), assistant('', 't1'), tool('t1', 'R'), tool('t1', 'R')]],
    ['a call without its result', [user('a'), assistant('', 't1', 't2'), tool('t1', 'R')]],
    ['a result at the very beginning', [tool('t1', 'R'), user('a')]],
    ['a call at the very beginning', [assistant('', 't1'), tool('t1', 'R'), user('a')]],
  ])('refuses %s', (_name, messages) => {
    expect(() => script(messages)).toThrow(expect.objectContaining({ code: 'invalid_parameter', param: 'messages' }));
  });

  it('writes any text as one line that reads back the same, but for half surrogates', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(text.trim() !== '');
        const batch = encodeConversation(completionRequest([user(text)]), 'opus').batches[0]!;
        expect(batch.every((line) => !/[\r\n]/.test(written(line)))).toBe(true);
        expect(read(batch.at(-1)!).message.content).toBe(text.replace(/\p{Surrogate}/gu, '\uFFFD'));
      }),
    );
    expect(contents([user('x\ud800y')])).toEqual([['user', 'x\uFFFDy']]);
  });
});

describe('nextTurnOf', () => {
  const conversation = [user('a'), assistant('b'), user('c'), user('d')];

  it('writes the new messages alone', () => {
    const [batch, ...rest] = nextTurnOf(encodeConversation(completionRequest(conversation), 'opus'), defaultTurnSettings).batches;
    expect(rest).toEqual([]);
    expect(batch!.map((line) => read(line).message.content)).toEqual([
      [
        { type: 'text', text: 'c' },
        { type: 'text', text: 'd' },
      ],
    ]);
  });

  it('takes back the settings of the turn before', () => {
    const [batch] = nextTurnOf(
      encodeConversation(completionRequest(conversation), 'opus'),
      turnSettings(completionRequest([], { reasoningEffort: 'high', maxOutputTokens: 5 })),
    ).batches;
    expect(read(batch![0]!)).toMatchObject({ request: { subtype: 'apply_flag_settings', settings: { effortLevel: null, env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '' } } } });
  });
});
