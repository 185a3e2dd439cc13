const HEAD = /^\s*\{\s*"input"\s*:\s*"/;
/** What ends the text, or stands for something else in it; last, what may be the beginning of that. */
const SPECIAL = /"|\\u[\da-f]{4}|\\[^u]|\\(?:u[\da-f]{0,3})?$/gi;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' };

/** Arguments whose text has not begun by then hold none. */
const MAX_HEAD = 256;

/** The free text of a custom tool out of the arguments `{"input": "…"}` of the function that it was offered as, as they come. Linear in their length. */
export class CustomInput {
  readonly #json: string[] = [];
  readonly #told: string[] = [];
  #state: 'head' | 'text' | 'over' = 'head';
  /** What cannot be read yet: the head, or an escape that is not whole. */
  #rest = '';
  /** The first half of a pair, which is told with the second. */
  #high = '';

  /** What a further piece of the arguments adds to the text: never half a surrogate pair. */
  push(piece: string): string {
    this.#json.push(piece);
    const text = this.#paired(this.#read(piece));
    if (text !== '') this.#told.push(text);
    return text;
  }

  /** What is left at the end: where the model wrote something else than was asked, all of it. */
  end(): string {
    const whole = inputOf(this.#json.join(''));
    const told = this.#told.join('');
    return whole.startsWith(told) ? whole.slice(told.length) : '';
  }

  #read(piece: string): string {
    if (this.#state === 'over') return '';
    const unread = this.#rest + piece;
    this.#rest = '';
    if (this.#state === 'text') return this.#unescape(unread);
    const head = HEAD.exec(unread)?.[0];
    if (head !== undefined) {
      this.#state = 'text';
      return this.#unescape(unread.slice(head.length));
    }
    if (unread.length > MAX_HEAD) this.#state = 'over';
    else this.#rest = unread;
    return '';
  }

  /** Up to the closing quote, or an escape that is not whole. */
  #unescape(json: string): string {
    let text = '';
    let from = 0;
    for (const { 0: found, index } of json.matchAll(SPECIAL)) {
      text += json.slice(from, index);
      if (found === '"') {
        this.#state = 'over';
        return text;
      }
      const character = unescaped(found);
      if (character === undefined) {
        this.#rest = found;
        return text;
      }
      text += character;
      from = index + found.length;
    }
    return text + json.slice(from);
  }

  #paired(text: string): string {
    const whole = this.#high + text;
    this.#high = /[\ud800-\udbff]$/.exec(whole)?.[0] ?? '';
    return this.#high === '' ? whole : whole.slice(0, -1);
  }
}

/** What an escape stands for; undefined where it is not whole. */
function unescaped(escape: string): string | undefined {
  const kind = escape.charAt(1);
  if (kind !== 'u') return kind === '' ? undefined : (escapes[kind] ?? kind);
  return escape.length < 6 ? undefined : String.fromCharCode(Number.parseInt(escape.slice(2), 16));
}

/** The free text in whole arguments; the arguments themselves where they hold none. */
export function inputOf(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    const { input } = value as { readonly input?: unknown };
    if (typeof input === 'string') return input;
  } catch {
    // told as it is
  }
  return json;
}
