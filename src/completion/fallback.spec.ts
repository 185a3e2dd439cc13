import { describe, expect, it } from '@jest/globals';
import { alternateFor, type Alternates, type Candidate, canServe, isRecoverable } from './fallback.js';
import { type Capabilities } from '../kernel/capabilities.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type ErrorCode, errorTypes } from '../kernel/gateway-error.js';
import { completionRequest } from '../../test/support/completion-request.js';

const all: Capabilities = {
  streaming: 'native',
  system: 'native',
  tools: 'native',
  json_schema: 'native',
  images: 'native',
  files: 'native',
  reasoning: 'native',
  stop: 'native',
  max_tokens: 'native',
  usage: 'native',
  sessions: 'native',
};
const request = completionRequest([{ role: 'user', content: [{ type: 'text', text: 'x' }] }]);
const image = { role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: '', param: 'messages[0]' }] } as const;
const file = { role: 'user', content: [{ type: 'file', mediaType: 'application/pdf', data: '', param: 'messages[0]' }] } as const;

const candidates: Candidate[] = [
  { id: 'claude', kind: 'cli', defaultModel: 'sonnet', capabilities: all },
  { id: 'gemini', kind: 'cli', defaultModel: 'pro', capabilities: { ...all, tools: 'none' } },
  { id: 'cerebras', kind: 'api', defaultModel: 'oss', capabilities: all },
  { id: 'empty', kind: 'api', defaultModel: '', capabilities: all },
  { id: 'demo', kind: 'cli', defaultModel: 'demo', capabilities: all },
];
const alternate = (change: Partial<Alternates<Candidate>> & { down?: string[] } = {}): string | undefined => {
  const { down = [], ...rest } = change;
  const found = alternateFor({
    failed: { provider: 'claude', model: 'opus' },
    code: 'cli_failed',
    next: undefined,
    chain: ['claude', 'gemini', 'cerebras'],
    get: (id) => candidates.find((candidate) => candidate.id === id),
    mayServe: ({ id }) => !down.includes(id),
    request,
    ...rest,
  });
  return found && `${found.provider}/${found.model}`;
};

describe(alternateFor.name, () => {
  it.each<[string, Parameters<typeof alternate>[0], string | undefined]>([
    ['the next of the chain, with its default model', {}, 'gemini/pro'],
    ['the one behind, where the next is down', { down: ['gemini'] }, 'cerebras/oss'],
    ['nobody, where all are down', { down: ['gemini', 'cerebras'] }, undefined],
    ['nobody behind the last', { failed: { provider: 'cerebras', model: 'oss' } }, undefined],
    ['the beginning, for one outside the chain', { failed: { provider: 'codex', model: 'x' } }, 'claude/sonnet'],
    ['an API alone behind a full queue', { code: 'queue_full' }, 'cerebras/oss'],
    ['who can call functions', { request: { ...request, tools: [{ name: 'f' }] } }, 'cerebras/oss'],
    ["the alias's own list", { next: [{ provider: 'cerebras', model: 'big' }] }, 'cerebras/big'],
    ["nobody else than the alias's own list", { next: [] }, undefined],
    [
      'another model of the same provider, where the list says so',
      {
        next: [
          { provider: 'claude', model: 'opus' },
          { provider: 'claude', model: 'haiku' },
        ],
      },
      'claude/haiku',
    ],
    ['nobody without a model', { chain: ['claude', 'empty'] }, undefined],
    ['never the demo', { chain: ['claude', 'demo'] }, undefined],
    ['nobody who is not known', { chain: ['claude', 'nope'] }, undefined],
  ])('is %s', (_, change, expected) => {
    expect(alternate(change)).toBe(expected);
  });
});

describe(isRecoverable.name, () => {
  it('knows the five failures of a provider, and its rate limit where that is wanted', () => {
    const codes = Object.keys(errorTypes) as ErrorCode[];
    const five = ['cli_failed', 'provider_unavailable', 'queue_full', 'timeout', 'upstream_error'];
    expect(codes.filter((code) => isRecoverable(code, false)).sort()).toEqual(five);
    expect(codes.filter((code) => isRecoverable(code, true)).sort()).toEqual([...five, 'provider_rate_limited'].sort());
  });
});

describe(canServe.name, () => {
  it.each<[string, Partial<CompletionRequest>, Partial<Capabilities>, boolean]>([
    ['text', {}, { tools: 'none', images: 'none', files: 'none', json_schema: 'none' }, true],
    ['functions', { tools: [{ name: 'f' }] }, { tools: 'none' }, false],
    ['functions that are switched off', { tools: [{ name: 'f' }], toolChoice: 'none' }, { tools: 'none' }, true],
    ['a schema', { responseFormat: { type: 'json-object' } }, { json_schema: 'none' }, false],
    ['an emulated schema', { responseFormat: { type: 'json-object' } }, { json_schema: 'emulated' }, true],
    ['an image', { messages: [image] }, { images: 'none' }, false],
    ['a file', { messages: [file] }, { files: 'none' }, false],
    ['a file beside images', { messages: [file] }, { images: 'none' }, true],
    ['several answers', { apiOnlyParameters: ['n'] }, {}, false],
  ])('%s', (_, change, capabilities, expected) => {
    expect(canServe({ ...all, ...capabilities }, { ...request, ...change })).toBe(expected);
  });
});
