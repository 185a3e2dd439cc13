import { describe, expect, it } from '@jest/globals';
import { answersReferredTo, withItems } from './item-references.js';
import { inputItems, itemList } from './input-items.js';
import { itemId, placeOf } from './output-items.js';

const response = `resp_${'ab'.repeat(16)}`;
const id = itemId('rs', { response, index: 1 });
const missing = expect.objectContaining({ code: 'not_found', param: 'input[0].id' });

describe('an item that is referred to', () => {
  it('is found by its id alone', () => {
    expect(placeOf(id)).toEqual({ response, index: 1 });
    expect(placeOf('rs_1')).toBeUndefined();
    const item = { id, type: 'reasoning', summary: [] };
    const input = [{ role: 'user', content: 'x' }, { type: 'item_reference', id }, { id }, { type: 'reasoning', id, summary: [] }];
    expect([...answersReferredTo(input)]).toEqual([response]);
    expect(withItems(input, new Map([[response, [{ id: 'other' }, item]]]))).toEqual([input[0], item, item, input[3]]);
    expect([...answersReferredTo('a text'), ...answersReferredTo([null, 5])]).toEqual([]);
  });

  it.each([
    ['none of ours', 'msg_1'],
    ['of an answer that is gone', itemId('msg', { response: `resp_${'cd'.repeat(16)}`, index: 0 })],
    ['past the last one', itemId('msg', { response, index: 7 })],
    ['of another kind', itemId('msg', { response, index: 0 })],
  ])('is not found where it is %s', (_, unknown) => {
    const input = [{ type: 'item_reference', id: unknown }];
    expect(() => {
      answersReferredTo(input);
      withItems(input, new Map([[response, [{ id: itemId('fc', { response, index: 0 }) }]]]));
    }).toThrow(missing);
  });
});

describe('the items of an input', () => {
  const items = inputItems(
    [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { type: 'function_call_output', id: 'fco_1', call_id: 'c', output: 'd' },
    ],
    '00',
  );

  it('are whole and have ids', () => {
    expect(items).toEqual([
      { id: 'item_000', type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_text', text: 'a' }] },
      { id: 'item_001', type: 'message', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text: 'b', annotations: [] }] },
      { id: 'fco_1', type: 'function_call_output', call_id: 'c', output: 'd' },
    ]);
    expect(inputItems('a', '00')).toEqual([items[0]]);
  });

  it('are listed by pages', () => {
    expect(itemList(items, { limit: 2, order: 'desc' })).toMatchObject({ data: [items[2], items[1]], first_id: 'fco_1', last_id: 'item_001', has_more: true });
    expect(itemList(items, { limit: 2, order: 'desc', after: 'item_001' })).toMatchObject({ data: [items[0]], has_more: false });
    expect(itemList(items, { limit: 1, order: 'asc', after: 'item_000' })).toMatchObject({ data: [items[1]], has_more: true });
    expect(itemList([], { limit: 1, order: 'asc' })).toEqual({ object: 'list', data: [], first_id: null, last_id: null, has_more: false });
  });
});
