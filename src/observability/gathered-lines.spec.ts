import { describe, expect, it, jest } from '@jest/globals';
import { GatheredLines } from './gathered-lines.js';

function open(): { readonly lines: GatheredLines; readonly written: string[] } {
  const written: string[] = [];
  return { written, lines: new GatheredLines({ write: (text) => written.push(text), flushSync: () => written.push('flushed') }) };
}

describe(GatheredLines, () => {
  it('writes lines together, in their order, when they are long enough', () => {
    const { lines, written } = open();
    const line = `${'x'.repeat(999)}\n`;
    for (let at = 0; at < 8; at++) lines.write(line);
    expect(written).toEqual([]);
    lines.write('last\n'.repeat(50));
    expect(written).toEqual([line.repeat(8) + 'last\n'.repeat(50)]);
    lines.flushSync();
    expect(written.slice(1)).toEqual(['flushed']);
  });

  it('writes those that wait for no others, once', () => {
    jest.useFakeTimers();
    try {
      const { lines, written } = open();
      lines.write('a\n');
      lines.write('b\n');
      jest.runAllTimers();
      expect(written).toEqual(['a\nb\n']);
      lines.flushSync();
      expect(written.slice(1)).toEqual(['flushed']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('holds nothing back at the end, nor after it', () => {
    const { lines, written } = open();
    lines.write('a\n');
    lines.flushSync();
    lines.write('b\n');
    expect(written).toEqual(['a\n', 'flushed', 'b\n']);
  });
});
