/** Deeper than any client's, and within what every encoder can write by recursion. */
export const MAX_JSON_DEPTH = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Whether JSON nests deeper than `limit`: linear, without recursion, and past the texts at one stride. What is no JSON is left to its parser. */
export function nestsDeeper(json: Buffer, limit: number): boolean {
  if (json.length <= limit) return false;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limit) return true;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      default:
    }
  }
  return false;
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
