import { describe, expect, it } from '@jest/globals';
import { draftOf, emptyDraft, termsOf } from './key-draft.ts';
import { type KeyObject } from './key-object.ts';

const key: KeyObject = {
  id: 'key_1',
  name: 'billing',
  source: 'issued',
  masked: 'sk-shellm-…abcd',
  rpm: 0,
  models: ['claude/*', 'demo/*'],
  scopes: ['completions', 'metrics'],
  max_concurrent: 4,
  budget: { usd: 2.5, period: 'day', spent_usd: 1, spent_tokens: 20, resets_at: 1 },
  redact: false,
  created_at: 1790000000,
  expires_at: Date.parse('2027-01-02T15:04:05Z') / 1000,
  revoked_at: null,
};

describe(termsOf, () => {
  it('asks for the defaults of what is not set', () => {
    expect(termsOf({ ...emptyDraft, name: ' app ' })).toEqual({
      name: 'app',
      scopes: ['completions'],
      models: null,
      rpm: null,
      max_concurrent: null,
      budget: null,
      expires_at: null,
      redact: true,
    });
  });

  it('reads patterns on lines and between commas, and numbers; what is no number goes as it is', () => {
    const draft = { ...emptyDraft, name: 'app', models: 'claude/*, demo/*\n\nopenai/gpt-4o', rpm: '30', maxConcurrent: 'many', tokens: '1e6', expires: '2027-01-02' };
    expect(termsOf(draft)).toMatchObject({
      models: ['claude/*', 'demo/*', 'openai/gpt-4o'],
      rpm: 30,
      max_concurrent: 'many',
      budget: { tokens: 1_000_000, period: 'month' },
      expires_at: '2027-01-02',
    });
  });

  it('changes nothing of a key whose form nobody touched', () => {
    const { id, source, masked, created_at, revoked_at, expires_at, budget, ...same } = key;
    expect(termsOf(draftOf(key), key)).toEqual({ ...same, budget: { usd: 2.5, period: 'day' } });
    expect([id, source, masked, created_at, revoked_at, expires_at, budget]).toHaveLength(7);
  });

  it('changes the end where its day is another, and takes it away', () => {
    expect(termsOf({ ...draftOf(key), expires: '2028-01-01' }, key)).toMatchObject({ expires_at: '2028-01-01' });
    expect(termsOf({ ...draftOf(key), expires: '' }, key)).toMatchObject({ expires_at: null });
  });
});
