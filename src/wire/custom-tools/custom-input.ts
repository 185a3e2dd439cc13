const HEAD = /^\s*\{\s*"input"\s*:\s*"/;
const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\', '/': '/' };

/** The free text of a custom tool out of the arguments `{"input": "…"}` of the function that it was offered as, as they come. */
export class CustomInput {
  #json = '';
  /** Where the text goes on; undefined before it has begun. */
  #at: number | undefined;
  #told = '';
  #closed = false;

  /** What a further piece of the arguments adds to the text. */
  push(piece: string): string {
    this.#json += piece;
    if (this.#at === undefined) this.#at = HEAD.exec(this.#json)?.[0].length;
    const text = this.#read();
    this.#told += text;
    return text;
  }

  /** What is left at the end: where the model wrote something else than was asked, all of it. */
  end(): string {
    const whole = inputOf(this.#json);
    return whole.startsWith(this.#told) ? whole.slice(this.#told.length) : '';
  }

  #read(): string {
    let text = '';
    while (this.#at !== undefined && !this.#closed && this.#at < this.#json.length) {
      const step = this.#character(this.#at);
      if (!step) break;
      text += step.text;
      this.#at += step.length;
    }
    return text;
  }

  /** The next character of the text; undefined where it is not whole yet, or the text is at its end. */
  #character(at: number): { readonly text: string; readonly length: number } | undefined {
    const first = this.#json.charAt(at);
    if (first === '"') {
      this.#closed = true;
      return undefined;
    }
    if (first !== '\\') return { text: first, length: 1 };
    const second = this.#json.charAt(at + 1);
    if (second !== 'u') return second === '' ? undefined : { text: escapes[second] ?? second, length: 2 };
    const digits = this.#json.slice(at + 2, at + 6);
    return digits.length < 4 ? undefined : { text: String.fromCharCode(Number.parseInt(digits, 16)), length: 6 };
  }
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
