import { isJson } from '../kernel/is-json.ts';

/**
 * The JSON values that a model's text may mean, as they were written: the text as a whole, else what is in its code fences, else the objects and arrays
 * between its words. Linear in the text. What is inside a value that is broken is never taken for the value.
 */
export function findJson(text: string): readonly string[] {
  const whole = text.trim();
  if (isJson(whole)) return [whole];
  const fenced = unique(fencedIn(whole).filter(isJson));
  return fenced.length > 0 ? fenced : unique([...bracketedIn(whole)]);
}

/** What stands between pairs of fences, without the language behind the first. */
function fencedIn(text: string): string[] {
  return text
    .split('```')
    .filter((_, index) => index % 2 === 1)
    .map((block) => block.replace(/^[a-z0-9]*(?=\s|\{|\[)/i, '').trim())
    .filter((block) => block !== ''); // to find out that nothing is no JSON takes long
}

function* bracketedIn(text: string): Generator<string> {
  const opening = /[[{]/g;
  for (;;) {
    const from = opening.exec(text)?.index;
    const to = from === undefined ? -1 : endOfValue(text, from);
    if (from === undefined || to < 0) return;
    const value = text.slice(from, to);
    if (isJson(value)) yield value;
    opening.lastIndex = to;
  }
}

/** Behind the bracket that closes the one at `from`; -1 where none does. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at);
      if (at < 0) return -1;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (depth === 0) return at + 1;
  }
  return -1;
}

/** Where the string that begins at `from` has its closing quote; -1 where it has none. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') return at;
    if (character === '\\') at += 1;
  }
  return -1;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
