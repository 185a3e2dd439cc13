import { describe, expect, it } from '@jest/globals';
import { leanCatalogue } from './catalogue.js';
import { encodeConversation, encodeNextTurn } from './encode-turn.js';
import { serverProcess } from './launch.js';
import { readLogin } from './login.js';
import { mapError } from './map-error.js';
import { Quota } from './quota.js';
import { refuseSecrets } from './refuse-secrets.js';
import { isSupported, parseVersion } from './version.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

const user = (...content: ContentPart[]): Message => ({ role: 'user', content });
const text = (words: string): ContentPart => ({ type: 'text', text: words });
const image: ContentPart = { type: 'image', mediaType: 'image/png', data: 'AAAA', param: 'messages[0].content[1]' };
const request = (messages: Message[], change: Partial<CompletionRequest> = {}): CompletionRequest => ({
  ...{ system: [], messages, stop: [], tools: [], toolChoice: 'auto', parallelToolCalls: true, responseFormat: { type: 'text' }, samplingParameters: [], apiOnlyParameters: [] },
  ...change,
});

describe(encodeConversation.name, () => {
  it('tells the history in roles, and then the last words', () => {
    const messages: Message[] = [
      user(text('one')),
      { role: 'assistant', text: 'first', toolCalls: [{ callId: 'c1', name: 'f', json: '{"a":1}' }] },
      { role: 'tool', callId: 'c1', content: [text('42'), text('43')] },
      { role: 'assistant', text: '', toolCalls: [] },
      user(text('two'), image),
    ];
    expect(encodeConversation(request(messages, { system: ['s1', ' ', 's2'], reasoningEffort: 'low' }))).toEqual({
      instructions: 's1\n\ns2',
      items: [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one' }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'first' }] },
        { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
        { type: 'function_call_output', call_id: 'c1', output: '42\n43' },
      ],
      input: [
        { type: 'text', text: 'two' },
        { type: 'image', url: 'data:image/png;base64,AAAA' },
      ],
      effort: 'low',
    });
  });

  it('says nothing where the conversation ends with the result of a tool', () => {
    const { items, input } = encodeConversation(request([user(text('x')), { role: 'tool', callId: 'c', content: [text('y')] }]));
    expect([items.length, input]).toEqual([2, []]);
  });

  it.each<[ContentPart, string]>([
    [{ type: 'image-url', url: 'https://x', param: 'messages[0].content[0]' }, 'messages[0].content[0]'],
    [{ type: 'file', mediaType: 'application/pdf', data: '', param: 'p' }, 'p'],
    [{ type: 'audio', param: 'q' }, 'q'],
  ])('refuses %j and names it', (part, param) => {
    expect(() => encodeConversation(request([user(part)]))).toThrow(expect.objectContaining({ code: 'unsupported_parameter', param }));
  });
});

describe(encodeNextTurn.name, () => {
  it('is what follows the last answer', () => {
    const { items, input } = encodeNextTurn(request([user(text('one')), { role: 'assistant', text: 'a', toolCalls: [] }, user(text('two')), user(text('three'))]));
    expect([items, input]).toEqual([[{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'two' }] }], [{ type: 'text', text: 'three' }]]);
  });
});

describe(leanCatalogue.name, () => {
  it('takes tools and prompts from every model, and lists those that are offered', () => {
    const printed = JSON.stringify({
      other: 1,
      models: [
        { slug: 'a', visibility: 'list', apply_patch_tool_type: 'x', tool_mode: 'y', base_instructions: 'long', truncation_policy: 5 },
        { slug: 'b', visibility: 'hide' },
        { slug: 'c' },
      ],
    });
    const { json, models } = leanCatalogue(printed);
    expect(models).toEqual(['a', 'c']);
    expect(JSON.parse(json)).toMatchObject({
      other: 1,
      models: [{ slug: 'a', base_instructions: '', truncation_policy: 5, experimental_supported_tools: [], supports_search_tool: false }, { slug: 'b' }, { slug: 'c' }],
    });
    expect(json).not.toMatch(/apply_patch|tool_mode|long/);
  });

  it('lists the one first that the CLI prefers', () => {
    const models = [{ slug: 'unranked' }, { slug: 'second', priority: 2 }, { slug: 'first', priority: 1 }, { slug: 'also second', priority: 2 }];
    expect(leanCatalogue(JSON.stringify({ models })).models).toEqual(['first', 'second', 'also second', 'unranked']);
  });

  it.each(['', '{}', '{"models":[]}', 'null'])('refuses %j', (printed) => {
    expect(() => leanCatalogue(printed)).toThrow();
  });
});

describe(readLogin.name, () => {
  const now = 1_790_000_000_000;
  const subscription = (expiresInS: number, refreshedMsAgo: number): string => {
    const access = `e30.${Buffer.from(JSON.stringify({ exp: now / 1000 + expiresInS })).toString('base64url')}.x`;
    return JSON.stringify({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: { access_token: access, refresh_token: 'r' },
      last_refresh: new Date(now - refreshedMsAgo).toISOString(),
    });
  };
  const none = { loggedIn: false, auth: undefined, renewalDue: false };

  it.each<[string, string | undefined, object]>([
    ['a fresh login', subscription(3600, 1000), { loggedIn: true, auth: 'subscription', renewalDue: false }],
    ['one whose token expires soon', subscription(600, 1000), { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['one that has grown old', subscription(3600, 8 * 86_400_000), { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['one that tells no times', '{"tokens":{"access_token":"a","refresh_token":"r"}}', { loggedIn: true, auth: 'subscription', renewalDue: true }],
    ['a key', '{"OPENAI_API_KEY":"sk-x"}', { loggedIn: true, auth: 'api_key', renewalDue: false }],
    ['no key', '{"OPENAI_API_KEY":""}', none],
    ['no tokens', '{"tokens":null}', none],
    ['half a file', '{"tok', none],
    ['nothing', 'null', none],
    ['no file', undefined, none],
  ])('%s', (_, file, expected) => {
    expect(readLogin(file, now)).toEqual(expected);
  });
});

describe('the version', () => {
  it.each([
    ['codex-cli 0.169.0\n', '0.169.0', true],
    ['WARNING: x\ncodex-cli 0.170.1-alpha.2', '0.170.1', true],
    ['codex 1.0.0', '1.0.0', true],
    ['codex-cli 0.99.9', '0.99.9', false],
  ])('%j', (printed, version, supported) => {
    expect(parseVersion(printed)).toBe(version);
    expect(isSupported(version)).toBe(supported);
  });

  it.each(['', 'node 20.1.0', 'codex-cli next'])('%j is none', (printed) => {
    expect(parseVersion(printed)).toBeUndefined();
  });
});

describe(mapError.name, () => {
  const error = (info: unknown, message = 'x'): never => ({ message, codexErrorInfo: info }) as never;
  it.each<[unknown, object]>([
    ['usageLimitExceeded', { code: 'provider_rate_limited', retryAfter: 9 }],
    ['unauthorized', { code: 'provider_unavailable', shouldRetry: false }],
    [{ httpConnectionFailed: { httpStatusCode: 403 } }, { code: 'provider_unavailable', shouldRetry: false }],
    ['modelNotFound', { code: 'model_not_found', param: 'model' }],
    ['contextWindowExceeded', { code: 'context_length_exceeded', param: 'messages' }],
    ['badRequest', { code: 'invalid_parameter' }],
    [{ httpConnectionFailed: { httpStatusCode: 422 } }, { code: 'invalid_parameter' }],
    [{ httpConnectionFailed: { httpStatusCode: 413 } }, { code: 'payload_too_large' }],
    [{ httpConnectionFailed: { httpStatusCode: 408 } }, { code: 'upstream_error' }],
    ['serverOverloaded', { code: 'upstream_error' }],
    [{ responseStreamDisconnected: { httpStatusCode: null } }, { code: 'upstream_error' }],
    [null, { code: 'upstream_error' }],
    ['aWordOfTomorrow', { code: 'upstream_error' }],
  ])('%j', (info, expected) => {
    expect(mapError(error(info), 'gpt', 9)).toMatchObject(expected);
  });

  it("tells the vendor's words without what is nobody's to see", () => {
    expect(mapError(error('other', 'lost /home/me/.codex/x and https://api.x/v1 at 10.0.0.1:80'), 'm').message).toBe('The OpenAI API: lost … and … at …');
    expect(mapError(error('other', 'Reconnecting... 1/5'), 'm').message).toBe('The OpenAI API failed.');
    expect(mapError(error('other', 'unexpected status 503 Service Unavailable: Too busy: wait., url: https://api.x/v1, request id: r'), 'm').message).toBe(
      'The OpenAI API: Too busy: wait.',
    );
    expect(mapError(error('other', '{"error":{"message":"Bad thing.","code":null}}'), 'm')).toMatchObject({ code: 'invalid_parameter', message: 'The OpenAI API: Bad thing.' });
    expect(mapError(error('other', '{"error":{"message":"x","code":"context_length_exceeded"}}'), 'm').code).toBe('context_length_exceeded');
  });
});

describe(Quota.name, () => {
  it('is what was last told of each window, until it is reset', () => {
    let now = 1_790_000_000_000;
    const quota = new Quota(() => now);
    expect([quota.windows(), quota.retryAfter()]).toEqual([[], undefined]);
    quota.see({ primary: { usedPercent: 100, windowDurationMins: 300, resetsAt: now / 1000 + 60 }, secondary: { usedPercent: 85, windowDurationMins: 10_080, resetsAt: null } });
    quota.see({ primary: null, secondary: null });
    expect(quota.windows()).toEqual([
      { window: 'five_hour', used_percent: 100, resets_at: new Date(now + 60_000).toISOString(), status: 'exhausted' },
      { window: 'weekly', used_percent: 85, resets_at: null, status: 'warning' },
    ]);
    expect(quota.retryAfter()).toBe(60);
    quota.see({ primary: { usedPercent: 1, windowDurationMins: 7, resetsAt: now / 1000 + 5 } });
    expect(quota.windows().map(({ window }) => window)).toEqual(['five_hour', 'weekly', '7_minutes']);
    now += 61_000;
    expect([quota.windows().map(({ window }) => window), quota.retryAfter()]).toEqual([['weekly'], undefined]);
  });
});

describe(serverProcess.name, () => {
  const args = (config: object, apiKey = true): readonly string[] =>
    serverProcess('codex', { CODEX_API_KEY: 'sk-secret' }, { catalogue: '/x/c "1".json', apiKey, config: config as never }).args;

  it('names the key and never writes it', () => {
    expect(args({}).join(' ')).not.toContain('sk-secret');
    expect(args({ openai_base_url: 'https://proxy.example/v1' })).toEqual(
      expect.arrayContaining([
        'model_catalog_json="/x/c \\"1\\".json"',
        'model_provider="shellm"',
        'model_providers.shellm.env_key="CODEX_API_KEY"',
        'model_providers.shellm.base_url="https://proxy.example/v1"',
      ]),
    );
  });

  it('leaves a login its own way, and the operator the last word', () => {
    expect(args({}, false).join(' ')).not.toContain('model_provider');
    expect(args({ analytics: true, a: { b: [1, 'x'] } })).toEqual(expect.arrayContaining(['analytics=true', 'a.b=[1,"x"]']));
  });
});

describe(refuseSecrets.name, () => {
  it.each<[object, string]>([
    [{ model_providers: { x: { experimental_bearer_token: 'sk-1' } } }, 'experimental_bearer_token'],
    [{ model_providers: { x: { http_headers: { authorization: 'sk-1' } } } }, 'http_headers'],
    [{ otel: { exporter: [{ 'otlp-http': { headers: { a: 'sk-1' } } }] } }, 'headers'],
    [{ api_key: 'sk-1' }, 'api_key'],
  ])('stops the start at %j, and does not repeat it', (config, name) => {
    expect(() => {
      refuseSecrets('VARIABLE', config as never);
    }).toThrow(expect.objectContaining({ name: 'ConfigurationError', message: expect.stringMatching(new RegExp(`^VARIABLE: "${name}" (?!.*sk-1)`)) }));
  });

  it('lets names of variables through', () => {
    refuseSecrets('VARIABLE', {
      model_providers: { x: { env_key: 'A', env_http_headers: { h: 'B' }, bearer_token_env_var: 'C' } },
      model_auto_compact_token_limit: 1,
      list: [null, 'x'],
    });
  });
});
