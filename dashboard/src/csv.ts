export type Cell = string | number | null | undefined;

/**
 * A table as CSV (RFC 4180): lines end in CRLF, cells are quoted where they have to be. A text that a spreadsheet would run as a formula gets an apostrophe
 * before it: names come from whoever sends requests.
 */
export function toCsv(header: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [header, ...rows].map((row) => `${row.map(written).join(',')}\r\n`).join('');
}

function written(cell: Cell): string {
  const text = typeof cell === 'string' ? defused(cell) : String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** https://owasp.org/www-community/attacks/CSV_Injection, the full-width forms too. */
function defused(text: string): string {
  return /^[\s]*[=+\-@＝＋－＠]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}
