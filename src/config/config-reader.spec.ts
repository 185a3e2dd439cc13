import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config-reader.js';
import { ConfigurationError } from './settings.js';

const NAME = 'shellm.config.yaml';
const nothing = { aliases: new Map(), providers: new Map(), acp: new Map(), images: { fetch: false, allow: [] }, callbacks: { allow: [] }, prices: new Map() };

describe(readConfig.name, () => {
  it.each(['', '# nothing', 'aliases:', '{}', 'aliases: {}\nacp: null'])('takes %j for nothing', (text) => {
    expect(readConfig(text, NAME)).toEqual(nothing);
  });

  it('reads everything', () => {
    const text = `
aliases: { fast: cerebras/gpt, smart: [claude/opus, gemini] }
providers: { box: { base_url: "http://127.0.0.1:1/v1/", api_key_env: BOX_KEY, default_model: m }, bare: { base_url: "https://x.example" } }
acp: { goose: { command: goose, args: [acp, ""], env: { A_1: "" }, trusted: true, files: [~/.goose, /etc/goose], default_model: d, init_timeout_ms: 5 }, plain: { command: /bin/x } }
images: { fetch: true, allow: ["*.example.com", 10.0.0.0/8, "::1"] }
callbacks: { allow: ["127.0.0.1/32"] }
prices: { "claude/opus": { input: 5, output: 25, cached_input: 0.5 }, "x/*": { input: 0, output: 0 } }
`;
    expect(readConfig(text, NAME)).toEqual({
      aliases: new Map([
        ['fast', ['cerebras/gpt']],
        ['smart', ['claude/opus', 'gemini']],
      ]),
      providers: new Map([
        ['box', { baseUrl: 'http://127.0.0.1:1/v1', apiKeyEnv: 'BOX_KEY', defaultModel: 'm' }],
        ['bare', { baseUrl: 'https://x.example', apiKeyEnv: undefined, defaultModel: undefined }],
      ]),
      acp: new Map([
        ['goose', { command: 'goose', args: ['acp', ''], env: { A_1: '' }, trusted: true, files: ['~/.goose', '/etc/goose'], defaultModel: 'd', initTimeoutMs: 5 }],
        ['plain', { command: '/bin/x', args: [], env: {}, trusted: false, files: [], defaultModel: undefined, initTimeoutMs: 30_000 }],
      ]),
      images: { fetch: true, allow: ['*.example.com', '10.0.0.0/8', '::1'] },
      callbacks: { allow: ['127.0.0.1/32'] },
      prices: new Map([
        ['claude/opus', { input: 5, output: 25, cachedInput: 0.5 }],
        ['x/*', { input: 0, output: 0, cachedInput: undefined }],
      ]),
    });
  });

  it('reads the example that comes along', () => {
    const { aliases, acp } = readConfig(readFileSync(join(import.meta.dirname, '../../config/shellm.config.example.yaml'), 'utf8'), NAME);
    expect([aliases.get('smart'), acp.get('goose')?.trusted]).toEqual([['claude/opus', 'gemini/gemini-3.1-pro-preview'], false]);
  });

  it.each([
    ['just a text', 'must be a mapping of names to values'],
    ['[a]', 'must be a mapping of names to values'],
    ['alias: {}', 'alias: is unknown; there is aliases, providers, acp, images, callbacks, prices'],
    ['aliases: [a]', 'aliases: must be a mapping of names to values'],
    ['aliases: { fast: 5 }', 'aliases.fast: must be a list'],
    ['aliases: { fast: [] }', 'aliases.fast: must be a target or a list of targets'],
    ['aliases: { fast: [a, 1] }', 'aliases.fast[1]: must be a text (in quotation marks where it looks like a number)'],
    ['aliases: { fast: " " }', 'aliases.fast: must not be empty'],
    ['providers: { box: }', 'providers.box.base_url: must be a text (in quotation marks where it looks like a number)'],
    ['providers: { box: { base_url: "ftp://x" } }', 'providers.box.base_url: must be an http or https URL without a user name'],
    ['providers: { box: { base_url: "https://u:p@x" } }', 'providers.box.base_url: must be an http or https URL without a user name'],
    ['providers: { box: { base_url: "https://x", key: k } }', 'providers.box.key: is unknown; there is base_url, api_key_env, default_model'],
    ['providers: { box: { base_url: "https://x", api_key_env: "sk-secret-1" } }', 'providers.box.api_key_env: must be the name of an environment variable'],
    ['providers: { claude: { base_url: "https://x" } }', 'providers.claude: is a name that is taken'],
    ['providers: { Box: { base_url: "https://x" } }', 'providers.Box: must be named in lower-case letters, digits and hyphens'],
    ['providers: { "a/b": { base_url: "https://x" } }', 'providers.a/b: must be named in lower-case letters, digits and hyphens'],
    ['acp: { goose: { args: [a] } }', 'acp.goose.command: must be a text (in quotation marks where it looks like a number)'],
    ['acp: { goose: { command: g, args: a } }', 'acp.goose.args: must be a list'],
    ['acp: { goose: { command: g, env: { A: 1 } } }', 'acp.goose.env.A: must be a text (in quotation marks where it looks like a number)'],
    ['acp: { goose: { command: g, env: { "A B": x } } }', 'acp.goose.env.A B: must be the name of an environment variable'],
    ['acp: { goose: { command: g, files: [.goose] } }', 'acp.goose.files[0]: must be an absolute path, or begin with ~/'],
    ['acp: { goose: { command: g, trusted: "yes" } }', 'acp.goose.trusted: must be true or false'],
    ['acp: { goose: { command: g, init_timeout_ms: 0 } }', 'acp.goose.init_timeout_ms: must be a number from 1 to 600000'],
    ['images: { fetch: 1 }', 'images.fetch: must be true or false'],
    ['callbacks: { allow: ["http://x"] }', 'callbacks.allow[0]: must be a host name, an address or a range of addresses'],
    ['prices: { opus: { input: 1, output: 1 } }', 'prices.opus: must be <provider>/<model>'],
    ['prices: { a/b: { input: -1, output: 1 } }', 'prices.a/b.input: must be a number from 0 to 1000000'],
    ['prices: { a/b: { input: 1 } }', 'prices.a/b.output: must be a number from 0 to 1000000'],
    ['prices: { a/b: { input: .nan, output: 1 } }', 'prices.a/b.input: must be a number from 0 to 1000000'],
    ['__proto__: { fetch: true }', '__proto__: is unknown; there is aliases, providers, acp, images, callbacks, prices'],
    ['a: 1\na: 2', 'line 2, column 1: Map keys must be unique'],
    ['aliases: { fast: [', 'line 1, column 19: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ['a: &a [x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: &d [*c, *c, *c, *c]\ne: [*d, *d, *d, *d]', 'refers to its own parts too often'],
  ])('refuses %j in one line', (text, expected) => {
    const read = (): unknown => readConfig(text, NAME);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(`${NAME}: ${expected}`);
    expect(read).not.toThrow(/\n/);
  });

  it('has no part in a prototype', () => {
    expect(() => readConfig('aliases: { __proto__: claude, constructor: claude }', NAME).aliases.get('__proto__')).not.toThrow();
    expect(({} as { fetch?: unknown }).fetch).toBeUndefined();
  });
});
