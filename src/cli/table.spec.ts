import { describe, expect, it } from '@jest/globals';
import { tableOf } from './table.js';

describe('tableOf', () => {
  it('makes columns as wide as their widest cell, figures to the right, and no blanks at the ends', () => {
    const rows = [
      ['a', '1', 'x'],
      ['bcd', '100', ''],
    ];
    expect(tableOf(rows, { head: ['name', 'n', 'note'], right: (column) => column === 1 })).toBe('name    n  note\na       1  x\nbcd   100\n');
  });

  it('does not count what paints a cell', () => {
    expect(
      tableOf([
        ['\u001b[32mok\u001b[39m', 'x'],
        ['wide', 'y'],
      ]),
    ).toBe('\u001b[32mok\u001b[39m    x\nwide  y\n');
  });

  it('is nothing for no rows', () => {
    expect(tableOf([])).toBe('');
  });
});
