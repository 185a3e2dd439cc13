import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { readCapabilities } from './capabilities.js';
import { levelOf } from './effort-levels.js';
import { modelsOf } from './session-models.js';
import { type ReasoningEffort } from '../kernel/completion-request.js';
import { fieldsOf } from '../kernel/read-value.js';

/** The results of a recorded handshake. */
function handshake(name: string): { hello: unknown; session: unknown } {
  const results = readFileSync(new URL(`./fixtures/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => fieldsOf((JSON.parse(line) as { msg: unknown }).msg)['result']);
  const with_ = (field: string): unknown => results.find((result) => field in fieldsOf(result));
  return { hello: with_('protocolVersion'), session: with_('sessionId') };
}

describe(modelsOf.name, () => {
  it.each([
    ['codex-acp-handshake', ['gpt-6.1-sol', 'gpt-6-astra', 'gpt-6-sol'], 'gpt-5.5', 'session/set_config_option'],
    ['opencode-handshake', ['anthropic/claude-fable-5', 'anthropic/claude-fable-5-1', 'anthropic/claude-haiku-4-5-20251001'], 'opencode/big-pickle', 'session/set_config_option'],
    ['claude-agent-acp-handshake', expect.arrayContaining(['default', 'opus[1m]']), 'default', 'session/set_config_option'],
    ['gemini-basic', ['auto', 'gemini-3.1-pro-preview-customtools', 'gemini-3-flash-preview'], 'gemini-2.5-flash', 'session/set_model'],
  ])('reads those of %s', (name, available, current, method) => {
    const models = modelsOf(handshake(name).session);
    expect(models).toMatchObject({ available, current });
    expect(models.choose?.('s', 'm')).toMatchObject({ method, params: { sessionId: 's' } });
  });

  it('reads groups of options', () => {
    const options = [
      { group: 'a', name: 'A', options: [{ value: 'one' }] },
      { group: 'b', name: 'B', options: [{ value: 'two' }, { name: 'none' }] },
    ];
    const models = modelsOf({
      configOptions: [
        { id: 'x', category: 'mode', type: 'select', options: [] },
        { id: 'llm', category: 'model', type: 'select', currentValue: 'one', options },
      ],
    });
    expect(models).toMatchObject({ available: ['one', 'two'], current: 'one' });
    expect(models.choose?.('s', 'two')).toEqual({ method: 'session/set_config_option', params: { sessionId: 's', configId: 'llm', value: 'two' } });
  });

  it.each([undefined, null, {}, { configOptions: 'x', models: [] }, { configOptions: [null, { category: 'model' }], models: { availableModels: [7] } }])(
    'finds none in %j',
    (raw) => {
      expect(modelsOf(raw)).toEqual({ available: [], current: undefined, choose: undefined });
    },
  );
});

describe(levelOf.name, () => {
  it.each<[ReasoningEffort, string[], string | undefined]>([
    ['high', ['default', 'low', 'high'], 'high'],
    ['xhigh', ['high', 'max'], 'max'],
    ['none', ['low', 'medium'], 'low'],
    ['minimal', ['none'], undefined],
    ['medium', [], undefined],
  ])('%s among %j is %s', (effort, levels, level) => {
    expect(levelOf(effort, levels)).toBe(level);
  });
});

describe(readCapabilities.name, () => {
  it.each([
    ['codex-acp-handshake', { loadSession: true, closeSession: true, systemPrompt: 'append', images: true, audio: false, embeddedContext: true, mcpHttp: true }],
    ['opencode-handshake', { loadSession: true, closeSession: true, systemPrompt: undefined, images: true, audio: false, embeddedContext: true, mcpHttp: true }],
    ['gemini-basic', { loadSession: true, closeSession: false, systemPrompt: undefined, images: true, audio: true, embeddedContext: true, mcpHttp: true }],
  ])('reads those of %s', (name, capabilities) => {
    expect(readCapabilities(handshake(name).hello)).toEqual(capabilities);
  });

  it('finds nothing where nothing is said', () => {
    expect(Object.values(readCapabilities({ agentCapabilities: { sessionCapabilities: { close: null, systemPrompt: null } } })).filter(Boolean)).toEqual([]);
  });

  it('tells whether a system prompt takes the place of its own', () => {
    expect(readCapabilities({ agentCapabilities: { sessionCapabilities: { systemPrompt: { mode: { override: {} } } } } }).systemPrompt).toBe('override');
  });
});
