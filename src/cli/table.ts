import { stripVTControlCharacters } from 'node:util';
import { paint } from './paint.js';

interface Options {
  readonly head?: readonly string[];
  /** Columns of figures, which stand to the right. */
  readonly right?: (column: number) => boolean;
}

/** Lines of columns, each as wide as its widest cell; cells may be painted. Nothing but the line's end follows the last one. */
export function tableOf(rows: readonly (readonly string[])[], { head, right = () => false }: Options = {}): string {
  const lines = head === undefined ? rows : [head.map((title) => paint('bold', title)), ...rows];
  const widths: number[] = [];
  for (const cells of lines) for (const [column, cell] of cells.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  const lineOf = (cells: readonly string[]): string => cells.map((cell, column) => pad(cell, widths[column] ?? 0, right(column))).join('  ');
  return lines.map((cells) => `${lineOf(cells).trimEnd()}\n`).join('');
}

function pad(cell: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(width - widthOf(cell));
  return right ? blanks + cell : cell + blanks;
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
