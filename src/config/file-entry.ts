import { ConfigurationError } from './settings.js';

/** Characters of a path that an error shows. */
const MAX_PATH = 300;

/** A value of the configuration file, and where it stands there. Reading it as something that it is not throws a ConfigurationError that names the place. */
export class Entry {
  /** @param path `shellm.config.yaml: providers.ollama.base_url` */
  constructor(
    readonly value: unknown,
    private readonly path: string,
    private readonly nested = false,
  ) {}

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  wrong(what: string): ConfigurationError {
    // A key may hold anything, and the error is one line.
    return new ConfigurationError(`${this.path.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').slice(0, MAX_PATH)}: ${what}`);
  }

  /** The fields of a mapping, each there or absent; an absent mapping has none. Any other field is refused. */
  fields<K extends string>(names: readonly K[]): Record<K, Entry> {
    const entries = this.#mapping();
    const known = new Set<string>(names);
    for (const name of entries.keys()) if (!known.has(name)) throw this.#at(name, undefined).wrong(`is unknown; there is ${names.join(', ')}`);
    return Object.fromEntries(names.map((name) => [name, this.#at(name, entries.get(name))])) as Record<K, Entry>;
  }

  /** A mapping with names of the operator's own. @param wrongName says what is wrong with a name */
  map<T>(wrongName: (name: string) => string | undefined, read: (entry: Entry) => T): ReadonlyMap<string, T> {
    return new Map(
      [...this.#mapping()].map(([name, value]) => {
        const entry = this.#at(name, value);
        const wrong = wrongName(name);
        if (wrong !== undefined) throw entry.wrong(wrong);
        return [name, read(entry)];
      }),
    );
  }

  /** An absent list is empty. */
  list<T>(read: (entry: Entry) => T): readonly T[] {
    if (this.isAbsent) return [];
    if (!Array.isArray(this.value)) throw this.wrong('must be a list');
    return this.value.map((value: unknown, index) => read(new Entry(value, `${this.path}[${index}]`, true)));
  }

  optional<T>(read: (entry: Entry) => T): T | undefined {
    return this.isAbsent ? undefined : read(this);
  }

  /** Any text, an empty one too. */
  string(): string {
    if (typeof this.value !== 'string') throw this.wrong('must be a text (in quotation marks where it looks like a number)');
    return this.value;
  }

  text(): string {
    const text = this.string().trim();
    if (text === '') throw this.wrong('must not be empty');
    return text;
  }

  matching(pattern: RegExp, what: string): string {
    const text = this.text();
    if (!pattern.test(text)) throw this.wrong(what);
    return text;
  }

  url(): string {
    const text = this.text();
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username !== '' || url.password !== '')
      throw this.wrong('must be an http or https URL without a user name');
    return text;
  }

  flag(otherwise: boolean): boolean {
    if (this.isAbsent) return otherwise;
    if (typeof this.value !== 'boolean') throw this.wrong('must be true or false');
    return this.value;
  }

  number(min: number, max: number): number {
    if (typeof this.value !== 'number' || !(this.value >= min && this.value <= max)) throw this.wrong(`must be a number from ${min} to ${max}`);
    return this.value;
  }

  #mapping(): Map<string, unknown> {
    const { value } = this;
    if (value === undefined || value === null) return new Map();
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong('must be a mapping of names to values');
    return new Map(Object.entries(value));
  }

  #at(name: string, value: unknown): Entry {
    return new Entry(value, `${this.path}${this.nested ? '.' : ': '}${name}`, true);
  }
}
