import { describe, expect, it } from '@jest/globals';
import { resolveAliases } from './aliases.js';
import { type RoutableProvider, routeModel, type RouteRequest, type Routes } from './route-model.js';

const provider = (id: string, models: string[], options: Partial<{ usable: boolean; any: boolean; needsKey: boolean }> = {}): RoutableProvider => ({
  id,
  defaultModel: models[0] ?? 'default',
  passesAnyModel: options.any ?? false,
  models: () => models,
  usable: (credential) => (options.usable ?? true) || (options.needsKey === true && credential),
});

const claude = provider('claude', ['sonnet', 'opus', 'haiku', 'claude-opus-5-5']);
const openai = provider('openai', ['gpt-4o', 'gpt-4o-mini'], { any: true });
const keyless = provider('openai', [], { any: true, usable: false, needsKey: true });
const demo = provider('demo', ['demo']);
const other = provider('other', ['llama', 'shared', 'meta-llama/Llama-3-70B']);
const twin = provider('twin', ['shared']);

const agent: RoutableProvider = { ...provider('acp/goose', ['gpt-agent']), restricted: true };
const codex = provider('codex', ['gpt-5.5']);
const gemini = provider('gemini', ['gemini-3-pro', 'gemini-3-flash']);
const bare: RoutableProvider = { ...provider('bare', [], { any: true }), defaultModel: '' };

const aliases = resolveAliases(
  {
    aliases: new Map([
      ['best', ['claude/opus', 'gemini']],
      ['cheap', ['gemini/gemini-3-flash', 'fast']],
      ['same', ['best']],
      ['shared', ['twin/shared']],
    ]),
  },
  () => true,
);
const routes = (known: RoutableProvider[], defaultProvider?: string, off: RoutableProvider[] = []): Routes => ({
  known: [...known, ...off],
  enabled: known,
  defaultProvider,
  aliases,
  mayUse: () => true,
});
const ask = (model: string | undefined, request: Partial<RouteRequest> = {}): RouteRequest => ({
  model,
  claudeMode: false,
  headerProvider: undefined,
  bodyProvider: undefined,
  credential: false,
  session: undefined,
  ...request,
});

describe(routeModel.name, () => {
  it.each<[string, RouteRequest, Routes, string]>([
    ['1: Claude mode maps an OpenAI name', ask('gpt-4o', { claudeMode: true }), routes([claude, openai]), 'claude sonnet'],
    ['1: Claude mode maps a dated name', ask('gpt-4o-mini-2024-07-18', { claudeMode: true }), routes([claude]), 'claude haiku'],
    ['1: Claude mode maps a name of tomorrow', ask('gpt-9-nano', { claudeMode: true }), routes([claude]), 'claude haiku'],
    ['1: Claude mode beats the provider header', ask('gpt-4o-mini', { claudeMode: true, headerProvider: 'openai' }), routes([claude, openai]), 'claude haiku'],
    ['1: Claude mode keeps a Claude name', ask('claude-opus-5-5', { claudeMode: true }), routes([claude, openai]), 'claude claude-opus-5-5'],
    ['1: Claude mode takes the prefix off', ask('claude/opus', { claudeMode: true }), routes([claude, openai]), 'claude opus'],
    ['1: Claude mode with the bare provider', ask('claude', { claudeMode: true }), routes([claude, openai]), 'claude sonnet'],
    ['2: the header names the provider', ask('anything', { headerProvider: 'openai', bodyProvider: 'claude' }), routes([claude, openai]), 'openai anything'],
    ['2: the body names the provider', ask('opus', { bodyProvider: 'claude' }), routes([claude, openai]), 'claude opus'],
    ['2: a named provider takes its own prefix off', ask('claude/opus', { bodyProvider: 'claude' }), routes([claude]), 'claude opus'],
    ['2: another prefix is a model name there', ask('meta/x', { headerProvider: 'other' }), routes([claude, other]), 'other meta/x'],
    ['2: an alias of the same provider is followed', ask('smart', { headerProvider: 'claude' }), routes([claude]), 'claude opus'],
    ['2: switched off is still named', ask('x', { headerProvider: 'demo' }), routes([claude], undefined, [demo]), 'demo x'],
    ['3: a provider prefix', ask('openai/o3'), routes([claude, openai]), 'openai o3'],
    ['3: only the first segment counts', ask('other/meta-llama/Llama-3-70B'), routes([claude, other]), 'other meta-llama/Llama-3-70B'],
    ['3: a provider alone', ask('claude'), routes([claude, openai]), 'claude sonnet'],
    ['3: an unknown first segment goes on', ask('meta-llama/Llama-3-70B'), routes([claude, other]), 'other meta-llama/Llama-3-70B'],
    ['4: an alias', ask('fast'), routes([claude, openai]), 'claude haiku'],
    ['5: exactly one lists it', ask('llama'), routes([claude, openai, other]), 'other llama'],
    ['5: the vendor by name', ask('claude-next-9'), routes([claude, openai]), 'claude claude-next-9'],
    ['5: the vendor by name, though not listed', ask('gpt-9'), routes([claude, openai]), 'openai gpt-9'],
    ['5: the request brings the key', ask('gpt-9', { credential: true }), routes([claude, keyless]), 'openai gpt-9'],
    ['5: two list it: the first of the table', ask('both'), routes([claude, provider('one', ['both']), provider('two', ['both'])]), 'one both'],
    ['5: OpenAI names go to Codex without an OpenAI key', ask('gpt-9'), routes([claude, codex, keyless]), 'codex gpt-9'],
    ['5: a bare name never leads to an agent', ask('gpt-agent'), routes([agent, openai]), 'openai gpt-agent'],
    ['3: an agent by its name', ask('acp/goose'), routes([claude, agent]), 'acp/goose gpt-agent'],
    ['3: a model of an agent', ask('acp/goose/some/model'), routes([claude, agent]), 'acp/goose some/model'],
    ['4: a list is its own chain', ask('best'), routes([claude, gemini]), 'claude opus, gemini gemini-3-pro'],
    ['4: a list through other aliases', ask('cheap'), routes([claude, gemini]), 'gemini gemini-3-flash, claude haiku'],
    ['4: an alias of an alias', ask('same'), routes([claude, gemini]), 'claude opus, gemini gemini-3-pro'],
    ['4: an alias beats who lists the name', ask('shared'), routes([other, twin]), 'twin shared'],
    [
      '2: the last provider and model of the session',
      ask('gpt-4o', { session: { provider: 'gemini', model: 'gemini-3-pro' } }),
      routes([claude, gemini, openai]),
      'gemini gemini-3-pro',
    ],
    [
      '2: a model that names a provider leaves the session where it was',
      ask('claude/opus', { session: { provider: 'gemini', model: 'gemini-3-pro' } }),
      routes([claude, gemini]),
      'claude opus',
    ],
    [
      '2: the header carries a session on elsewhere',
      ask('opus', { headerProvider: 'claude', session: { provider: 'gemini', model: 'gemini-3-pro' } }),
      routes([claude, gemini]),
      'claude opus',
    ],
    [
      '2: without a model, the named provider goes on with its own',
      ask(undefined, { headerProvider: 'gemini', session: { provider: 'gemini', model: 'gemini-3-flash' } }),
      routes([claude, gemini]),
      'gemini gemini-3-flash',
    ],
    ['1: a Claude session goes to Claude', ask('gpt-4o', { claudeMode: true, session: { provider: 'gemini', model: 'x' } }), routes([claude, gemini]), 'claude sonnet'],
    ['6: no model: the default provider', ask(undefined), routes([claude, openai], 'claude'), 'claude sonnet'],
    ['6: no model: OpenAI with a key', ask(undefined), routes([claude, openai]), 'openai gpt-4o'],
    ['6: no model: the first usable', ask(undefined), routes([provider('down', ['x'], { usable: false }), bare, agent, gemini]), 'gemini gemini-3-pro'],
    ['6: the default provider', ask('who-knows', {}), routes([claude, openai], 'claude'), 'claude sonnet'],
    ['6: the default provider maps what it can', ask('gpt-4o-mini'), routes([claude, keyless], 'claude'), 'claude haiku'],
    ['6: OpenAI where it has a key', ask('who-knows'), routes([claude, openai]), 'openai who-knows'],
    ['6: the demo where nothing else is', ask('gpt-4o'), routes([keyless, demo]), 'demo demo'],
  ])('%s', (_, request, there, expected) => {
    const { target, next } = routeModel(request, there);
    expect([target, ...(next ?? [])].map(({ provider: id, model }) => `${id} ${model}`).join(', ')).toBe(expected);
  });

  it.each<[string, RouteRequest, Routes, object]>([
    ['an unknown provider in the header', ask('x', { headerProvider: 'nope' }), routes([claude]), { code: 'invalid_header_value', param: 'X-SheLLM-Provider' }],
    ['an unknown provider in the body', ask('x', { bodyProvider: 'nope' }), routes([claude]), { code: 'invalid_parameter', param: 'provider' }],
    ['a name that leads nowhere', ask('who-knows'), routes([claude, keyless]), { code: 'model_not_found', param: 'model' }],
    ['a foreign name in Claude mode', ask('llama', { claudeMode: true }), routes([claude, other]), { code: 'model_not_found' }],
    ['a name of the prototype', ask('constructor', { claudeMode: true }), routes([claude]), { code: 'model_not_found' }],
    ['a demo beside a usable provider', ask('who-knows'), routes([claude, demo]), { code: 'model_not_found' }],
  ])('refuses %s and names what there is', (_, request, there, error) => {
    expect(() => routeModel(request, there)).toThrow(expect.objectContaining(error));
    expect(() => routeModel(request, there)).toThrow(/claude/);
  });

  it('refuses a provider alone that has no default model', () => {
    expect(() => routeModel(ask('bare'), routes([bare, claude]))).toThrow(expect.objectContaining({ code: 'model_not_found', param: 'model' }));
  });

  it('lists what the client may use, and no more', () => {
    const there = { ...routes([claude, other]), mayUse: ({ provider: id }: { provider: string }) => id === 'claude' };
    expect(() => routeModel(ask('nowhere'), there)).toThrow(/claude\/sonnet(?!.*llama).*fast/);
  });
});
