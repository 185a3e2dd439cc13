import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { existsSync } from 'node:fs';
import { findInstalledCli } from './support/installed-cli.js';
import { assistant, ClaudeHarness, mock, turnsOf, user } from './support/claude-harness.js';
import { CANARY } from './support/claude-home.js';
import { type Message } from '../src/kernel/message.js';

const bin = findInstalledCli('claude');
const withCli = bin === undefined ? describe.skip : describe;

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';

withCli('the real Claude Code CLI', () => {
  jest.setTimeout(30_000);
  let at: ClaudeHarness;

  beforeAll(async () => {
    at = await ClaudeHarness.start(bin!);
  });

  afterAll(async () => {
    await at.close();
  });

  afterEach(() => {
    at.vendor.requests.length = 0;
  });

  describe('a plain completion', () => {
    it('is one call to the vendor with the text of the client, without tools and with little else', async () => {
      const system = 'You are a parrot.';
      const said = await at.ask('Say it.', { system: [system] });
      expect(said).toMatchObject({ text: 'Hello from the mock. You said: Say it.', reason: 'stop' });
      expect(at.vendor.requests).toHaveLength(1);
      const [call] = at.calls;
      expect(turnsOf(call)).toEqual([['user', 'Say it.']]);
      expect(call!.body.system!.slice(2).map(({ text }) => text)).toEqual([system]);
      expect(call!.body.tools ?? []).toEqual([]);
      expect(call!.bytes - 'Say it.'.length - system.length).toBeLessThanOrEqual(3000);
    });

    it('brings no system prompt in where the client has none', async () => {
      await at.ask('hi');
      const [call] = at.calls;
      expect(call!.body.system!).toHaveLength(2);
      expect(call!.bytes).toBeLessThanOrEqual(3000);
    });

    it('holds nothing of the user, of the folders above it or of the gateway, and runs nothing of theirs', async () => {
      await at.ask('hi', { system: ['S'] });
      const [call] = at.calls;
      expect(JSON.stringify([call!.headers, call!.body])).not.toContain(CANARY);
      expect(existsSync(at.surroundings.ran)).toBe(false);
    });

    it('gives figures, model and id of the answer', async () => {
      const { events } = await at.ask(`x ${mock({ text: 'y', usage: { input_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 11, output_tokens: 3 } })}`, {
        samplingParameters: ['temperature'],
      });
      expect(events[0]).toMatchObject({
        type: 'stream-start',
        model: 'claude-sonnet-5-5',
        id: expect.stringMatching(/^msg_/),
        inputTokens: 23,
        warnings: [{ type: 'ignored-parameter', parameter: 'temperature' }],
      });
      expect(events.at(-1)).toMatchObject({ usage: { inputTokens: 23, cachedInputTokens: 7, outputTokens: 3 } });
    });
  });

  describe('texts reach the model to the letter', () => {
    const texts: readonly [string, string, string?][] = [
      ['a command', '/clear'],
      ['a command with words', '/init please'],
      ['a file', '@/etc/passwd what is in it?'],
      ['a shell line', '!ls'],
      ['an option', '-5 plus 3?'],
      ['a memory line', '# remember this'],
      ['markup of the CLI', '<system-reminder>x</system-reminder><command-name>/clear</command-name>'],
      ['control characters', 'a\u0000b\u0007\u001b[31m\u007f\u2028\ufeff\r\nc'],
      ['blanks around it', '  x \n\n'],
      ['half a surrogate pair', 'x\ud800y', 'x\uFFFDy'],
      ['700 kB', 'ü€😀 abc\n'.repeat(50_000)],
    ];

    it.each(texts.filter(([name]) => ['a command', 'a file', '700 kB'].includes(name)))('%s, as the first message and as the system prompt', async (_name, text) => {
      await at.ask(text, { system: [text] });
      const [call, ...more] = at.calls;
      expect(more).toEqual([]);
      expect(turnsOf(call)).toEqual([['user', text]]);
      expect(call!.body.system!.at(-1)!.text).toBe(text);
    });

    it('each as the next message of a conversation', async () => {
      const messages: Message[] = [user('Hello.'), assistant((await at.ask('Hello.')).text)];
      for (const [index, [, text]] of texts.entries()) {
        messages.push(user(`${text}${mock({ text: `Answer ${index}.` })}`));
        messages.push(assistant((await at.ask(messages)).text));
      }
      expect(at.vendor.requests).toHaveLength(texts.length + 1);
      const said = turnsOf(at.calls.at(-1))
        .filter(([role]) => role === 'user')
        .slice(1);
      expect(said).toEqual(texts.map(([, text, expected = text], index) => ['user', `${expected}${mock({ text: `Answer ${index}.` })}`]));
    });

    it('in history too', async () => {
      await at.ask([user('/clear a '), assistant(' b @/etc/hostname \n\n'), user('@/etc/passwd'), assistant('!ls'), user('/exit')]);
      expect(turnsOf(at.calls[0])).toEqual([
        ['user', '/clear a '],
        ['assistant', ' b @/etc/hostname \n\n'],
        ['user', '@/etc/passwd'],
        ['assistant', '!ls'],
        ['user', '/exit'],
      ]);
      expect(at.vendor.requests).toHaveLength(1);
    });
  });

  describe('roles, parts and settings', () => {
    it('gives calls of functions and their results back as blocks', async () => {
      const call: Message = { role: 'assistant', text: 'let me', toolCalls: [{ callId: 't1', name: 'get_weather', json: '{"city":"Oslo"}' }] };
      await at.ask([user('w?'), call, { role: 'tool', callId: 't1', content: [{ type: 'text', text: 'Rain' }] }]);
      const [, called, result] = turnsOf(at.calls[0]);
      expect(called![1]).toMatchObject([
        { type: 'text', text: 'let me' },
        { type: 'tool_use', id: 't1', name: 'get_weather', input: { city: 'Oslo' } },
      ]);
      expect(result![1]).toMatchObject([{ type: 'tool_result', tool_use_id: 't1' }]);
      expect(JSON.stringify(result![1])).toContain('Rain');
    });

    it('tells an opening of the assistant in the system prompt', async () => {
      await at.ask([assistant('Welcome!'), user('hi'), user('there')], { system: ['S'] });
      const [call] = at.calls;
      expect(call!.body.system!.at(-1)!.text).toContain('Welcome!');
      expect(turnsOf(call)).toEqual([
        [
          'user',
          [
            { type: 'text', text: 'hi' },
            { type: 'text', text: 'there' },
          ],
        ],
      ]);
    });

    it('passes pictures and PDF files on', async () => {
      const pdf = Buffer.from('%PDF-1.4\n%%EOF').toString('base64');
      await at.ask([
        user('look', { type: 'image', mediaType: 'image/png', data: png, param: 'p' }, { type: 'file', mediaType: 'application/pdf', data: pdf, filename: 'a.pdf', param: 'p' }),
      ]);
      expect(turnsOf(at.calls[0])[0]![1]).toMatchObject([
        { type: 'text', text: 'look' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png' } },
        { type: 'document', source: { data: pdf } },
      ]);
    });

    it('streams reasoning apart from the text', async () => {
      const said = await at.ask(`x ${mock({ thinking: 'let me think', text: 'so', redacted: true })}`);
      expect(said).toMatchObject({ reasoning: 'let me think', text: 'so', reason: 'stop' });
    });

    it('sets effort, token limit and model for this turn alone', async () => {
      await at.ask('x', { reasoningEffort: 'high', maxOutputTokens: 77 }, 'opus');
      await at.ask('x', { reasoningEffort: 'none' }, 'haiku');
      const [high, none] = at.calls;
      expect(high!.body).toMatchObject({ model: 'claude-opus-5-5', max_tokens: 77, output_config: { effort: 'high' } });
      expect(none!.body.model).toBe('claude-haiku-5-5');
      expect(none!.body.thinking ?? { type: 'disabled' }).toEqual({ type: 'disabled' });
    });

    it('ends at the token limit, once', async () => {
      expect(await at.ask(`x ${mock({ text: 'half a', stop: 'max_tokens' })}`)).toMatchObject({ text: 'half a', reason: 'length' });
    });

    it('ends at a refusal, once', async () => {
      expect(await at.ask(`x ${mock({ text: 'no', stop: 'refusal' })}`)).toMatchObject({ text: 'no', reason: 'content-filter' });
    });

    it('ends at an empty answer', async () => {
      expect(await at.ask(`x ${mock({ text: '' })}`)).toMatchObject({ text: '', reason: 'stop' });
    });
  });

  describe('failures', () => {
    const failures: readonly [string, object, object][] = [
      ['a prompt that is too long', { status: 400 }, { code: 'context_length_exceeded' }],
      ['a bad request', { status: 400, message: 'seed: not here' }, { code: 'invalid_parameter', message: expect.stringContaining('seed: not here') }],
      ['an account without access', { status: 403 }, { code: 'provider_unavailable', shouldRetry: false }],
      ['an unknown model', { status: 404 }, { code: 'model_not_found' }],
      ['a body too large', { status: 413 }, { code: 'payload_too_large' }],
      ['a limit', { status: 429, retryAfter: 120 }, { code: 'provider_rate_limited' }],
      ['a lost connection at the first words', { cut: true, text: 'one two three four' }, { code: 'upstream_error' }],
      ['an error in the stream', { streamError: 'overloaded_error', text: 'one two three four five six' }, { code: 'upstream_error' }],
      ['a lost connection in the stream', { cut: true, text: 'one two three four five six', delay: 60 }, { code: 'upstream_error' }],
      ['a function that nobody offered', { tools: [{ name: 'Bash', input: { command: 'ls' } }] }, { code: 'upstream_error' }],
    ];

    it.each(failures)('%s', async (name, directive, expected) => {
      const own = name === 'an account without access' ? at.open() : { pool: at.pool, claude: at.claude };
      await expect(at.ask(`${name} ${mock(directive)}`, {}, 'sonnet', own.claude)).rejects.toMatchObject({ name: 'GatewayError', ...expected });
      if (own.pool !== at.pool) {
        expect(own.claude.usable()).toBe(false);
        await own.pool.drain();
      }
    });

    it('goes on with the second try where the first broke off before its first word', async () => {
      expect(await at.ask(`again ${mock({ status: 529, times: 1, text: 'whole' })}`)).toMatchObject({ text: 'whole', reason: 'stop' });
    });

    it('says what to do where there is no login, without a call', async () => {
      const own = at.open({ ANTHROPIC_API_KEY: '', CLAUDE_CONFIG_DIR: `${at.surroundings.home}/empty` });
      await expect(at.ask('hi', {}, 'sonnet', own.claude)).rejects.toMatchObject({ code: 'provider_unavailable', message: expect.stringContaining('/login'), shouldRetry: false });
      expect(await own.claude.status()).toMatchObject({ status: 'unavailable', installed: true, authenticated: false });
      expect(at.calls).toEqual([]);
      await own.pool.drain();
    });

    it('says who is billed where there is a login', async () => {
      expect(await at.claude.status()).toEqual({ status: 'ready', installed: true, authenticated: true, auth: 'api_key' });
      const own = at.open({ ANTHROPIC_API_KEY: '', CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-test' });
      expect(await own.claude.status()).toEqual({ status: 'ready', installed: true, authenticated: true, auth: 'subscription' });
      await own.pool.drain();
    });
  });
});
