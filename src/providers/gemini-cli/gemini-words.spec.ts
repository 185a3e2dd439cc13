import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeConversation, encodeNextTurn, encodeTranscript } from './encode-turn.js';
import { homeIn, makeHome, stateIn } from './gemini-home.js';
import { authTypeOf, type AuthType, hasCredentials } from './login.js';
import { mapError } from './map-error.js';
import { WORD_JOINER } from './neutral-text.js';
import { encodeSessionFile, sessionFileEnd, sessionFileName } from './session-file.js';
import { SessionFiles } from './session-files.js';
import { AcpError } from '../../acp/acp-error.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

const text = (words: string): ContentPart => ({ type: 'text', text: words });
const user = (...content: ContentPart[]): Message => ({ role: 'user', content });
const assistant = (words: string): Message => ({ role: 'assistant', text: words, toolCalls: [] });
const image: ContentPart = { type: 'image', mediaType: 'image/png', data: 'AAAA', param: 'p' };
const request = (messages: Message[], system: string[] = []): CompletionRequest => ({
  ...{ system, messages, stop: [], tools: [], toolChoice: 'auto', parallelToolCalls: true, responseFormat: { type: 'text' }, samplingParameters: [], apiOnlyParameters: [] },
});

describe(encodeConversation.name, () => {
  it('puts the system text before the first words of the user', () => {
    const { history, prompt } = encodeConversation(request([user(text('one')), assistant('a'), user(text('two'), image)], ['s1', '', 's2']));
    expect(history).toEqual([
      { role: 'user', parts: [{ text: '[System instructions]\ns1\n\ns2\n[End of the system instructions]' }, { text: 'one' }] },
      { role: 'model', parts: [{ text: 'a' }] },
    ]);
    expect(prompt).toEqual([
      { type: 'text', text: 'two' },
      { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    ]);
  });

  it('is one prompt where there is no history', () => {
    const { history, prompt } = encodeConversation(request([user(text('hi')), user(text('there'))], ['s']));
    expect([history, prompt.map((block) => ('text' in block ? block.text : ''))]).toEqual([[], ['[System instructions]\ns\n[End of the system instructions]', 'hi', 'there']]);
  });

  it('takes the meaning for the CLI from every text', () => {
    const { history, prompt } = encodeConversation(request([user(text('/help')), assistant('?'), user(text('$x'))]));
    expect([history[0]?.parts, history[1]?.parts, prompt]).toEqual([
      [{ text: `${WORD_JOINER}/help` }],
      [{ text: `${WORD_JOINER}?` }],
      [{ type: 'text', text: `${WORD_JOINER}$x` }],
    ]);
  });

  it('begins with the user, and tells functions in words', () => {
    const messages: Message[] = [
      { role: 'assistant', text: 'hello', toolCalls: [{ callId: 'c', name: 'f', json: '{}' }] },
      { role: 'tool', callId: 'c', content: [text('42')] },
      user(text('so?')),
    ];
    const { history, prompt } = encodeConversation(request(messages, ['s']));
    expect(history.map(({ role }) => role)).toEqual(['user', 'model']);
    expect([JSON.stringify(history), JSON.stringify(prompt)]).toEqual([expect.stringContaining('the function f with {}'), expect.stringContaining('42')]);
  });

  it.each<[ContentPart, string]>([
    [{ type: 'image-url', url: 'https://x', param: 'a' }, 'a'],
    [{ type: 'image', mediaType: 'image/tiff', data: '', param: 'b' }, 'b'],
    [{ type: 'file', mediaType: 'application/pdf', data: '', param: 'c' }, 'c'],
    [{ type: 'audio', param: 'd' }, 'd'],
  ])('refuses %j and names it', (part, param) => {
    expect(() => encodeConversation(request([user(part)]))).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });

  it.each([[[user(text(' '))]], [[user(text('q')), assistant('a'), user(text(''), text('\n'))]], [[user(text('q')), assistant('a'), user()]]])(
    'refuses words that are none: %j',
    (messages) => {
      const refusal = expect.objectContaining({ code: 'invalid_parameter', param: 'messages' });
      expect(() => encodeConversation(request(messages, ['s']))).toThrow(refusal);
      expect(() => encodeNextTurn(request(messages))).toThrow(refusal);
    },
  );

  it('leaves out messages that say nothing', () => {
    const { history, prompt } = encodeConversation(request([user(text(' ')), assistant('a'), user(text('q')), assistant(''), user(text('r'))]));
    expect([history, prompt.length]).toEqual([[{ role: 'model', parts: [{ text: 'a' }] }], 2]);
  });

  it('says the new words alone in a session that knows the rest', () => {
    const { history, prompt } = encodeNextTurn(request([user(text('one')), assistant('a'), user(text('two'))], ['s']));
    expect([history, prompt]).toEqual([[], [{ type: 'text', text: 'two' }]]);
  });

  it('can be told as one text', () => {
    const { history, prompt } = encodeTranscript(encodeConversation(request([user(text('one'), image), assistant('a'), user(text('two'))])));
    expect(history).toEqual([]);
    expect(prompt).toEqual([
      { type: 'text', text: "The conversation so far:\n\nUser: one\n[image]\n\nAssistant: a\n\nThe user's next message:" },
      { type: 'text', text: 'two' },
    ]);
  });
});

describe('a session file', () => {
  const id = '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93';

  it('is of long ago, in the form of the CLI', () => {
    const [head, body, ...rest] = encodeSessionFile(
      id,
      '/w',
      [
        { role: 'user', parts: [{ text: 'q' }] },
        { role: 'model', parts: [{ text: 'a' }, { text: 'b' }] },
      ],
      'm',
    ).split('\n');
    expect(JSON.parse(head!)).toMatchObject({ sessionId: id, projectHash: createHash('sha256').update('/w').digest('hex'), kind: 'main' });
    expect((JSON.parse(body!) as { $set: { messages: unknown[] } }).$set.messages).toMatchObject([
      { type: 'user', content: [{ text: 'q' }] },
      { type: 'gemini', content: 'a\n\nb', model: 'm' },
    ]);
    expect([rest, sessionFileName(id), sessionFileEnd(id)]).toEqual([[''], 'session-2020-01-01T00-00-3f2b8c1e.jsonl', '-3f2b8c1e.jsonl']);
  });

  it('is written where the CLI looks, and removed with what the CLI makes of it, and nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    const at = { work: join(folder, 'work'), tmp: join(folder, 'tmp') };
    const chats = join(stateIn(at.tmp), 'tmp/work-1/chats');
    mkdirSync(chats, { recursive: true });
    const files = new SessionFiles(at);
    await expect(files.write([], 'm')).rejects.toThrow();
    writeFileSync(join(stateIn(at.tmp), 'projects.json'), JSON.stringify({ projects: { [at.work]: '../../../etc' } }));
    await expect(files.write([], 'm')).rejects.toThrow('does not tell');
    writeFileSync(join(stateIn(at.tmp), 'projects.json'), JSON.stringify({ projects: { [at.work]: 'work-1' } }));
    const written = await files.write([{ role: 'user', parts: [{ text: 'q' }] }], 'm');
    expect(statSync(join(chats, sessionFileName(written))).mode & 0o777).toBe(0o600);
    writeFileSync(join(chats, `session-2026-11-25T10-00${sessionFileEnd(written)}`), 'x');
    writeFileSync(join(chats, 'session-2026-11-25T10-00-00000000.jsonl'), 'another one');
    writeFileSync(join(at.tmp, 'gemini-client-error-1.json'), 'a prompt');
    writeFileSync(join(at.tmp, 'other.json'), 'x');
    await files.remove(written);
    await files.removeDumps();
    expect([existsSync(join(chats, sessionFileName(written))), existsSync(join(chats, `session-2026-11-25T10-00${sessionFileEnd(written)}`))]).toEqual([false, false]);
    expect([
      existsSync(join(chats, 'session-2026-11-25T10-00-00000000.jsonl')),
      existsSync(join(at.tmp, 'gemini-client-error-1.json')),
      existsSync(join(at.tmp, 'other.json')),
    ]).toEqual([true, false, true]);
    rmSync(folder, { recursive: true });
  });
});

describe(makeHome.name, () => {
  it("has the gateway's settings, and the login that may come later", () => {
    const folder = mkdtempSync(join(tmpdir(), 'gemini-'));
    const userFolder = join(folder, 'user/.gemini');
    const variables = makeHome(join(folder, 'tmp'), { a: 1 }, userFolder);
    const state = stateIn(join(folder, 'tmp'));
    expect(variables).toEqual({ GEMINI_CLI_HOME: homeIn(join(folder, 'tmp')), GEMINI_SYSTEM_MD: join(homeIn(join(folder, 'tmp')), 'system.md') });
    expect([readFileSync(join(state, 'settings.json'), 'utf8'), statSync(state).mode & 0o777]).toEqual(['{"a":1}', 0o700]);
    mkdirSync(userFolder, { recursive: true });
    writeFileSync(join(state, 'oauth_creds.json'), 'renewed', { flag: 'w' });
    expect([lstatSync(join(state, 'oauth_creds.json')).isSymbolicLink(), readFileSync(join(userFolder, 'oauth_creds.json'), 'utf8')]).toEqual([true, 'renewed']);
    rmSync(folder, { recursive: true });
  });
});

describe('the login', () => {
  it.each<[Record<string, string>, AuthType, boolean]>([
    [{}, 'oauth-personal', false],
    [{ GEMINI_API_KEY: 'k' }, 'gemini-api-key', true],
    [{ GEMINI_API_KEY: '' }, 'oauth-personal', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true' }, 'vertex-ai', false],
    [{ GOOGLE_GENAI_USE_VERTEXAI: '1', GOOGLE_API_KEY: 'k' }, 'vertex-ai', true],
    [{ GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_CLOUD_PROJECT: 'p', GOOGLE_CLOUD_LOCATION: 'l' }, 'vertex-ai', true],
    [{ GOOGLE_CLOUD_ACCESS_TOKEN: 't' }, 'oauth-personal', true],
  ])('%j', (env, type, has) => {
    expect([authTypeOf(env), hasCredentials(type, env, '/nowhere')]).toEqual([type, has]);
  });
});

describe(mapError.name, () => {
  it.each<[number, string, object]>([
    [401, '{"error":{"code":401,"message":"no"}}', { code: 'provider_unavailable', shouldRetry: false }],
    [-32000, 'Gemini API key is missing', { code: 'provider_unavailable', shouldRetry: false }],
    [400, 'API key not valid. Please pass a valid API key.', { code: 'provider_unavailable', shouldRetry: false }],
    [400, 'invalid_grant', { code: 'provider_unavailable', shouldRetry: false }],
    [403, 'no', { code: 'provider_unavailable', shouldRetry: false }],
    [404, 'no', { code: 'model_not_found', param: 'model' }],
    [500, 'models/unknown is not found for API version v1beta, or is not supported for generateContent.', { code: 'model_not_found' }],
    [429, 'Suggested retry after 1s.', { code: 'provider_rate_limited', retryAfter: 1 }],
    [429, 'You have exhausted your daily quota.', { code: 'provider_rate_limited', retryAfter: undefined }],
    [400, 'The input token count (9) exceeds the maximum number of tokens allowed (8).', { code: 'context_length_exceeded', param: 'messages' }],
    [400, '{"error":{"code":400,"message":"Invalid argument."}}', { code: 'invalid_parameter', message: 'The Gemini API: Invalid argument.' }],
    [503, 'The model is overloaded.', { code: 'upstream_error', message: 'The Gemini API: The model is overloaded.' }],
    [500, 'terminated', { code: 'upstream_error', message: 'The Gemini API failed.' }],
    [500, 'exception TypeError: fetch failed sending request', { code: 'upstream_error', message: 'The Gemini API cannot be reached.' }],
    [-32603, 'Internal error in /home/me', { code: 'cli_failed', message: 'Gemini CLI refused the turn.' }],
  ])('%s %s', (code, message, expected) => {
    expect(mapError(new AcpError(code, message), 'm', 'gemini-api-key')).toMatchObject(expected);
  });

  it("leaves what is ours, and wraps what is nobody's", () => {
    const ours = new GatewayError('cli_failed', 'x');
    expect(mapError(ours, 'm', 'gemini-api-key')).toBe(ours);
    expect(mapError(new TypeError('x'), 'm', 'gemini-api-key')).toMatchObject({ code: 'cli_failed', message: 'Gemini CLI failed.' });
  });
});
