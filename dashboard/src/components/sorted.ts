export type Sortable = string | number | null | undefined;
export type Direction = 'ascending' | 'descending';

/** The rows in order; those without a value come last, whichever way. Rows of the same value keep their order. */
export function sorted<Row>(rows: readonly Row[], by: (row: Row) => Sortable, direction: Direction): readonly Row[] {
  const sign = direction === 'ascending' ? 1 : -1;
  return rows.toSorted((a, b) => {
    const [left, right] = [by(a), by(b)];
    if (left === null || left === undefined) return right === null || right === undefined ? 0 : 1;
    if (right === null || right === undefined) return -1;
    return sign * (typeof left === 'number' && typeof right === 'number' ? left - right : String(left).localeCompare(String(right), 'en', { numeric: true }));
  });
}
