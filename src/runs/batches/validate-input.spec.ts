import { describe, expect, it } from '@jest/globals';
import { type InputLine } from './input-lines.js';
import { isProblem, parseLine } from './parse-line.js';
import { validateInput, type Verdict } from './validate-input.js';

const URL = '/v1/chat/completions';
const line = (customId: unknown, more: object = {}): string => JSON.stringify({ custom_id: customId, method: 'POST', url: URL, body: { model: 'm' }, ...more });
const verdict = async (texts: Iterable<string>): Promise<Verdict> => {
  async function* lines(): AsyncGenerator<InputLine> {
    let number = 0;
    for (const text of texts) yield await Promise.resolve({ number: (number += 1), text });
  }
  return validateInput(lines(), URL);
};

describe('a line of a batch', () => {
  it('is a request', () => {
    expect(parseLine(line('a', { extra: 1 }), URL)).toEqual({ customId: 'a', body: { model: 'm' } });
    expect(parseLine(line('x'.repeat(512)), URL)).toMatchObject({ customId: 'x'.repeat(512) });
    // A text may say anything.
    expect(isProblem(parseLine(line('a', { body: { text: '__proto__ constructor prototype', constructor: 1, deep: { prototype: {} } } }), URL))).toBe(false);
  });

  it.each<[string, string, string | null]>([
    ['', 'invalid_json_line', null],
    ['null', 'invalid_json_line', null],
    ['"text"', 'invalid_json_line', null],
    ['['.repeat(257), 'invalid_json_line', null],
    [`[${'1,'.repeat(250_001)}1]`, 'invalid_json_line', null],
    [line(undefined), 'missing_required_parameter', 'custom_id'],
    [line(''), 'missing_required_parameter', 'custom_id'],
    [line(7), 'missing_required_parameter', 'custom_id'],
    [line('x'.repeat(513)), 'invalid_value', 'custom_id'],
    [line('a', { method: 'post' }), 'invalid_method', 'method'],
    [line('a', { url: 'https://example.com/v1/chat/completions' }), 'mismatched_url', 'url'],
    [line('a', { body: [] }), 'invalid_body', 'body'],
    [line('a', { body: null }), 'invalid_body', 'body'],
    [line('a', { body: { stream: true } }), 'invalid_body', 'body.stream'],
    [line('a').replace('"model"', '"a":[{"__proto__":{}}],"model"'), 'invalid_body', 'body'],
    [line('a').replace('"model"', '"\\u005f_proto__":1,"model"'), 'invalid_body', 'body'],
    [line('a').replace('"model"', '"constructor":{"prototype":{}},"model"'), 'invalid_body', 'body'],
  ])('is refused: %.60s', (text, code, param) => {
    expect(parseLine(text, URL)).toEqual({ code, param, message: expect.any(String) });
  });
});

describe('the input of a batch', () => {
  it('is counted', async () => {
    expect(await verdict([line('a'), line('b')])).toEqual({ total: 2, problems: [] });
    expect(await verdict([])).toMatchObject({ total: 0, problems: [{ code: 'empty_file', line: null }] });
  });

  it('has each custom_id once, long ones too', async () => {
    const long = 'x'.repeat(500);
    expect((await verdict([line('a'), line(`${long}1`), line('a'), line(`${long}2`), line(`${long}1`)])).problems).toMatchObject([
      { code: 'duplicate_custom_id', line: 3 },
      { code: 'duplicate_custom_id', line: 5 },
    ]);
  });

  it('has 50,000 lines at most', async () => {
    function* many(count: number): Generator<string> {
      for (let index = 0; index < count; index++) yield line(String(index));
    }
    expect(await verdict(many(50_000))).toEqual({ total: 50_000, problems: [] });
    expect((await verdict(many(60_000))).problems).toMatchObject([{ code: 'too_many_requests', line: 50_001 }]);
  });
});
