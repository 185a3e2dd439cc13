/** Deeper than any client's, and within what every encoder can write by recursion. */
export const MAX_JSON_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What a byte outside of texts means. */
const [TEXT, OPENS, CLOSES, ANOTHER] = [1, 2, 3, 4];
const meaning = new Uint8Array(256);
for (const [bytes, kind] of [
  ['"', TEXT],
  ['[{', OPENS],
  [']}', CLOSES],
  [',', ANOTHER],
] as const) {
  for (const byte of Buffer.from(bytes)) meaning[byte] = kind;
}

/** More than any client's: what is made of them one by one holds up everybody else. */
export const MAX_JSON_VALUES = 250_000;

/** Whether JSON nests deeper than `limit`. */
export function nestsDeeper(json: Buffer, limit: number): boolean {
  return excessOf(json, limit, Infinity) === 'depth';
}

/** Of what JSON has more than allowed: linear, without recursion, and past the texts at one stride. What is no JSON is left to its parser. */
export function excessOf(json: Buffer, maxDepth: number, maxValues: number): 'depth' | 'values' | undefined {
  if (json.length <= Math.min(maxDepth, maxValues)) return undefined;
  let depth = 0;
  let values = 1;
  for (let at = 0; at < json.length; at++) {
    switch (meaning[json[at] ?? 0]) {
      case TEXT:
        at = endOfString(json, at);
        break;
      case OPENS:
        values++;
        if (++depth > maxDepth) return 'depth';
        break;
      case CLOSES:
        depth--;
        break;
      case ANOTHER:
        values++;
        break;
      default:
    }
    if (values > maxValues) return 'values';
  }
  return undefined;
}

/** Where the string that begins at `start` ends. */
function endOfString(json: Buffer, start: number): number {
  for (let from = start + 1; ;) {
    const end = json.indexOf(QUOTE, from);
    if (end < 0) return json.length;
    let escapes = end;
    while (json[escapes - 1] === BACKSLASH) escapes--;
    if ((end - Math.max(escapes, start + 1)) % 2 === 0) return end;
    from = end + 1;
  }
}
