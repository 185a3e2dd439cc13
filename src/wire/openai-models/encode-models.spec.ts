import { describe, expect, it } from '@jest/globals';
import { encodeModel, encodeModels } from './encode-models.js';

describe('encodeModels', () => {
  it('writes a list and its single models alike', () => {
    const opus = { id: 'claude/opus', object: 'model', created: 1_790_000_000, owned_by: 'claude' };
    expect(encodeModel({ id: 'claude/opus', ownedBy: 'claude' }, 1_790_000_000)).toEqual(opus);
    expect(encodeModels([{ id: 'claude/opus', ownedBy: 'claude' }], 1_790_000_000)).toEqual({ object: 'list', data: [opus] });
    expect(encodeModels([], 0)).toEqual({ object: 'list', data: [] });
  });
});
