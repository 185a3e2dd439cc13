import type Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import { encodeAnthropicModel, encodeAnthropicModels } from './encode-models.js';
import { pageOf, type PageQuery } from './page-of.js';

describe('encodeAnthropicModels', () => {
  it('writes a page and its single models alike', () => {
    const model: Anthropic.ModelInfo = encodeAnthropicModel('claude/opus', 1_790_000_000);
    expect(model).toMatchObject({ type: 'model', id: 'claude/opus', display_name: 'claude/opus', created_at: '2026-09-21T14:13:20.000Z' });
    expect(encodeAnthropicModels({ ids: ['claude/opus'], hasMore: true }, 1_790_000_000)).toEqual({
      data: [model],
      has_more: true,
      first_id: 'claude/opus',
      last_id: 'claude/opus',
    });
    expect(encodeAnthropicModels({ ids: [], hasMore: false }, 0)).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});

describe('pageOf', () => {
  const all = Array.from({ length: 25 }, (_, index) => `m${index}`);

  it.each<[PageQuery, string | undefined, number, boolean]>([
    [{}, 'm0', 20, true],
    [{ limit: '1000' }, 'm0', 25, false],
    [{ after_id: 'm19' }, 'm20', 5, false],
    [{ after_id: 'm24' }, undefined, 0, false],
    [{ before_id: 'm3' }, 'm0', 3, false],
    [{ before_id: 'm10', limit: '2' }, 'm8', 2, true],
  ])('gives for %j what begins with %s', (query, first, length, hasMore) => {
    const page = pageOf(all, query);
    expect([page.ids[0], page.ids.length, page.hasMore]).toEqual([first, length, hasMore]);
  });

  it.each<PageQuery>([{ limit: '0' }, { limit: '1001' }, { limit: 'x' }, { limit: ['1', '2'] }, { after_id: 'nope' }, { after_id: 'm1', before_id: 'm2' }])(
    'refuses %j',
    (query) => {
      expect(() => pageOf(all, query)).toThrow(expect.objectContaining({ code: 'invalid_parameter' }));
    },
  );
});
