import { describe, expect, it } from '@jest/globals';
import { toCsv } from './csv.ts';

describe(toCsv, () => {
  it('writes a header and rows, each ended by CRLF', () => {
    expect(
      toCsv(
        ['client', 'requests'],
        [
          ['billing', 12],
          ['shop', 0.5],
        ],
      ),
    ).toBe('client,requests\r\nbilling,12\r\nshop,0.5\r\n');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
    [null, ''],
    [undefined, ''],
    [-3, '-3'],
  ])('writes %j as %s', (cell, text) => {
    expect(toCsv(['x'], [[cell]])).toBe(`x\r\n${text}\r\n`);
  });

  it.each(['=1+1', '+cmd', '-2+3', '@SUM(A1)', ' =1', '\t=1', '＝1+1', '=HYPERLINK("http://x")'])('defuses %j', (text) => {
    const [, line = ''] = toCsv(['x'], [[text]]).split('\r\n');
    expect(line.replace(/^"/, '').startsWith("'")).toBe(true);
  });
});
