/** The JSON that an event of a stream carries; undefined for a comment, `[DONE]` and what is no JSON. */
export function dataOf(event: string): unknown {
  const data = dataText(event);
  if (data === undefined) return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** The text of an event's `data` lines; undefined where it has none. */
export function dataText(event: string): string | undefined {
  const lines = linesOf(event).filter(isData);
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(line.startsWith('data: ') ? 6 : 5)).join('\n');
}

/** The event with other data, written on one line. Its other lines are kept. */
export function withData(event: string, json: string): string {
  const others = linesOf(event).filter((line) => line !== '' && !isData(line));
  return [...others, `data: ${json}`, '', ''].join('\n');
}

/** The event with its lines that are no data (comments, fields that nobody knows) written anew. */
export function withOtherLines(event: string, rewrite: (line: string) => string): string {
  return event.replace(/(?<=^|[\r\n])(?!\uFEFF?data:)[^\r\n]+/g, rewrite);
}

function linesOf(event: string): string[] {
  return event.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
}

function isData(line: string): boolean {
  return line.startsWith('data:');
}
