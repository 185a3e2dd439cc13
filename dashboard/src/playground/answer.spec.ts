import { describe, expect, it } from '@jest/globals';
import { nothingYet, withChunk } from './answer.ts';

const delta = (value: object, finish: string | null = null): object => ({ choices: [{ index: 0, delta: value, finish_reason: finish }] });
const read = (chunks: readonly object[]): unknown => chunks.reduce(withChunk, nothingYet);

describe(withChunk, () => {
  it('puts text, reasoning, the end and the usage together', () => {
    const usage = { prompt_tokens: 2, completion_tokens: 3 };
    const chunks = [
      delta({ role: 'assistant', content: '' }),
      delta({ reasoning_content: 'hm' }),
      delta({ content: 'Hel' }),
      delta({ content: 'lo' }),
      delta({}, 'stop'),
      { choices: [], usage },
    ];
    expect(read(chunks)).toEqual({ text: 'Hello', reasoning: 'hm', calls: [], finish: 'stop', usage });
  });

  it('puts the pieces of several calls together by their index', () => {
    const call = (index: number, piece: object): object => delta({ tool_calls: [{ index, ...piece }] });
    expect(
      read([
        call(0, { id: 'a', type: 'function', function: { name: 'weather', arguments: '' } }),
        call(0, { function: { arguments: '{"city":' } }),
        call(1, { id: 'b', function: { name: 'time', arguments: '{}' } }),
        call(0, { function: { arguments: '"Oslo"}' } }),
        delta({}, 'tool_calls'),
      ]),
    ).toMatchObject({
      finish: 'tool_calls',
      calls: [
        { id: 'a', name: 'weather', arguments: '{"city":"Oslo"}' },
        { id: 'b', name: 'time', arguments: '{}' },
      ],
    });
  });

  it('reads an answer that is not streamed', () => {
    const message = { role: 'assistant', content: null, refusal: null, tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }] };
    const usage = { prompt_tokens: 2, completion_tokens: 3 };
    expect(read([{ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage }])).toEqual({
      text: '',
      reasoning: '',
      calls: [{ id: 'a', name: 'f', arguments: '{}' }],
      finish: 'tool_calls',
      usage,
    });
  });

  it('keeps what was said before an error', () => {
    const error = { message: 'The CLI exited.', type: 'api_error', param: null, code: 'cli_failed' };
    expect(read([delta({ content: 'Hel' }), delta({}, 'error'), { error }])).toEqual({ text: 'Hel', reasoning: '', calls: [], finish: 'error', error });
  });
});
