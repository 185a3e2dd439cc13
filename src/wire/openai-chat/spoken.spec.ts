import { describe, expect, it } from '@jest/globals';
import { charactersIn, charactersInBody } from './spoken.js';

describe(charactersIn, () => {
  it.each([
    ['a delta', { choices: [{ delta: { role: 'assistant', content: 'four' } }] }, 4],
    ['reasoning that is told by two names', { choices: [{ delta: { reasoning_content: 'abc', reasoning: 'abc' } }] }, 3],
    ['reasoning by its other name', { choices: [{ delta: { reasoning: 'abc', content: null } }] }, 3],
    ['a refusal', { choices: [{ delta: { refusal: 'no' } }] }, 2],
    ['calls', { choices: [{ delta: { tool_calls: [{ index: 0, id: 'call_1', function: { name: 'f', arguments: '{"a":1}' } }, { custom: { name: 'g', input: 'xy' } }] } }] }, 11],
    ['a message', { choices: [{ message: { role: 'assistant', content: 'hello' } }, { message: { content: 'you' } }] }, 8],
    ['a legacy completion', { choices: [{ index: 0, text: 'words' }] }, 5],
    ['embeddings', { data: [{ embedding: [1] }] }, 0],
    ['choices that are none', { choices: [null, 7, { delta: 'x' }, { delta: { content: ['a'], tool_calls: 'f' } }] }, 0],
    ['nothing', undefined, 0],
  ])('counts %s', (_, answer, characters) => {
    expect(charactersIn(answer)).toBe(characters);
  });
});

describe(charactersInBody, () => {
  it('reads JSON, and takes anything else for nothing', () => {
    expect(charactersInBody('{"choices":[{"message":{"content":"abc"}}]}')).toBe(3);
    expect(charactersInBody('<html>')).toBe(0);
  });
});
