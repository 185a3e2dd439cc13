import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineSplitter } from './line-splitter.js';

function split(chunks: readonly Buffer[], maxLength = 1000): string[] {
  const splitter = new LineSplitter(maxLength);
  const lines: string[] = [];
  for (const chunk of chunks) expect(splitter.push(chunk, (line) => lines.push(line))).toBe(true);
  splitter.flush((line) => lines.push(line));
  return lines;
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).map((line) => line.replace(/[\r\n]/g, ''));

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, fc.constantFrom('\n', '\r\n'))), text, fc.array(fc.nat(), { maxLength: 30 }), (ended, last, cuts) => {
        const bytes = Buffer.from(ended.map(([line, end]) => line + end).join('') + last);
        const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
        expect(split(chunks)).toEqual([...ended.map(([line]) => line), last].filter((line) => line !== ''));
      }),
    );
  });

  it('refuses a line as soon as it is too long, not one that fits', () => {
    expect(split([Buffer.from('12345\n'), Buffer.from('123'), Buffer.from('45')], 5)).toEqual(['12345', '12345']);
    const splitter = new LineSplitter(5);
    expect(splitter.push(Buffer.from('123'), () => undefined)).toBe(true);
    expect(splitter.push(Buffer.from('456'), () => undefined)).toBe(false);
  });

  it('gives a new reader only lines that begin after its coming', () => {
    const splitter = new LineSplitter(1000);
    const lines: string[] = [];
    const read = (bytes: string): boolean => splitter.push(Buffer.from(bytes), (line) => lines.push(line));
    read('half');
    splitter.restart();
    read(' of the old\nnew\n');
    splitter.discard(Buffer.from('unheard\nunhea'));
    splitter.discard(Buffer.from('rd'));
    splitter.restart();
    read('\nheard\n');
    splitter.discard(Buffer.from('unheard\n'));
    splitter.restart();
    read('heard too\n');
    expect(lines).toEqual(['new', 'heard', 'heard too']);
  });
});
