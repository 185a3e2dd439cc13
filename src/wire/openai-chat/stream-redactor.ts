import { dataOf, dataText, withData, withOtherLines } from './event-data.js';
import { type Redactor, type TextFilter } from '../../kernel/text-filter.js';

type JsonObject = Record<string, unknown>;

/** From a choice's `delta` to a text in it. A number is an element of a list, by its `index`. Empty: the `text` of a legacy completion's choice. */
type Path = readonly (string | number)[];

/** A text that goes on from chunk to chunk. */
interface OpenText {
  readonly choice: number;
  readonly path: Path;
  readonly filter: TextFilter;
  /** Where the current chunk has a piece of it. */
  place: { readonly holder: JsonObject; readonly name: string } | undefined;
}

/** A function's name whose end may begin a secret. Clients take the first piece for all of it, so that it goes out whole, in the chunk that began it. */
interface OpenName {
  readonly choice: number;
  /** Where it stands, in a chunk that waits. */
  readonly holder: JsonObject;
  said: string;
  /** Whether the current chunk had a piece of it. */
  heard: boolean;
}

/**
 * Takes secrets out of the events of one stream. Every string in a choice's `delta`, and its `text`, is one text over all chunks, with a filter of its own; every
 * other string is redacted by itself. A chunk with a function's name whose end may begin a secret waits for the next one. What a filter holds back goes out in a chunk before the one that finishes its choice.
 */
export class StreamRedactor {
  readonly #redactor: Redactor;
  /** Only what is under way: a filter at rest is dropped, as later chunks may pass unread. */
  readonly #texts = new Map<string, OpenText>();
  readonly #names = new Map<string, OpenName>();
  /** What goes out once the names are whole, in order. */
  #waiting: (() => string)[] = [];
  /** Strings of the current chunk that were changed. */
  #changes = 0;
  /** The last chunk, to make chunks of its kind. */
  #envelope: JsonObject = {};

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** Whether the next event has to be seen whatever is in it. */
  get active(): boolean {
    return this.#texts.size > 0 || this.#names.size > 0;
  }

  /** One whole event, blank line included. The same string where nothing changes. */
  redact(event: string): string {
    const chunk = dataOf(event);
    if (!isObject(chunk)) return dataText(event)?.trim() === '[DONE]' ? this.end() + event : this.#redactor.redact(event);
    this.#changes = 0;
    const inserted = this.#redactChunk(chunk);
    this.#closeNames(({ heard }) => !heard);
    for (const [key, text] of this.#texts) {
      text.place = undefined;
      if (text.filter.idle) this.#texts.delete(key);
    }
    const changed = this.#changes > 0;
    if (this.#names.size === 0 && this.#waiting.length === 0) return inserted + this.#write(event, chunk, changed);
    return this.#wait(() => inserted + this.#write(event, chunk, changed));
  }

  /** The end of the stream: what waits, and chunks with what is still held back. */
  end(): string {
    this.#closeNames(() => true);
    const choices = new Set([...this.#texts.values()].map(({ choice }) => choice));
    return this.#release() + [...choices].map((choice) => this.#flush(choice)).join('');
  }

  #write(event: string, chunk: JsonObject, changed: boolean): string {
    return withOtherLines(changed ? withData(event, JSON.stringify(chunk)) : event, (line) => this.#redactor.redact(line));
  }

  /** Queues what is to be written behind the names that wait; gives out what waits for none any more. */
  #wait(write: () => string): string {
    this.#waiting.push(write);
    if (this.#waiting.length > MAX_WAITING) this.#closeNames(() => true);
    return this.#names.size > 0 ? '' : this.#release();
  }

  #release(): string {
    const waiting = this.#waiting.map((write) => write()).join('');
    this.#waiting = [];
    return waiting;
  }

  #redactChunk(chunk: JsonObject): string {
    for (const name of this.#names.values()) name.heard = false;
    const { choices, ...rest } = chunk;
    this.#redactAll(rest);
    Object.assign(chunk, rest);
    this.#envelope = rest;
    if (!Array.isArray(choices)) {
      if (choices !== undefined) this.#redactAt(chunk, 'choices');
      return '';
    }
    return choices.map((choice: unknown, position) => (isObject(choice) ? this.#redactChoice(choice, position) : this.#redactAt(choices, position))).join('');
  }

  #redactChoice(choice: JsonObject, position: number): string {
    const { delta, ...rest } = choice;
    const before = this.#changes;
    const index = typeof choice['index'] === 'number' ? choice['index'] : position;
    if (isObject(delta)) this.#redactDelta(delta, index, []);
    else if (typeof delta === 'string') this.#set(choice, 'delta', this.#redactor.redact(delta));
    else if (Array.isArray(delta)) this.#redactList(delta, index, []);
    if (typeof rest['text'] === 'string') this.#redactText(choice, rest['text'], index);
    delete rest['text'];
    const inserted = typeof choice['finish_reason'] === 'string' ? this.#flush(index) : '';
    // The tokens would tell what was taken out.
    if (this.#changes > before && rest['logprobs']) rest['logprobs'] = null;
    this.#redactAll(rest);
    Object.assign(choice, rest);
    return inserted;
  }

  #redactText(choice: JsonObject, text: string, index: number): void {
    this.#set(choice, 'text', this.#push(choice, 'text', text, index, []));
  }

  #redactDelta(holder: JsonObject, choice: number, path: Path): void {
    for (const [name, value] of Object.entries(holder)) {
      if (name === 'name' && typeof value === 'string') this.#redactName(holder, value, choice, path);
      else if (typeof value === 'string') this.#set(holder, name, WHOLE.has(name) ? this.#redactor.redact(value) : this.#push(holder, name, value, choice, [...path, name]));
      else if (Array.isArray(value)) this.#redactList(value, choice, [...path, name]);
      else if (isObject(value)) this.#redactDelta(value, choice, [...path, name]);
    }
  }

  #redactList(list: readonly unknown[], choice: number, path: Path): void {
    for (const [position, element] of list.entries()) {
      if (typeof element === 'string') this.#set(list as unknown as JsonObject, String(position), this.#redactor.redact(element));
      else if (Array.isArray(element)) this.#redactList(element, choice, [...path, position]);
      if (!isObject(element)) continue;
      this.#redactDelta(element, choice, [...path, typeof element['index'] === 'number' ? element['index'] : position]);
    }
  }

  #redactName(holder: JsonObject, value: string, choice: number, path: Path): void {
    const key = `${choice} ${path.join('/')}`;
    const open = this.#names.get(key);
    if (open && value !== '') {
      open.said += value;
      open.heard = open.said.length < MAX_NAME;
      delete holder['name'];
      this.#changes++;
      return;
    }
    const filter = this.#redactor.open();
    if (filter.push(value) === value && filter.idle) return;
    this.#names.set(key, { choice, holder, said: value, heard: true });
    this.#changes++;
  }

  /** Writes names that are over into the chunks that they began in. */
  #closeNames(over: (name: OpenName) => boolean): void {
    for (const [key, name] of this.#names) {
      if (!over(name)) continue;
      this.#names.delete(key);
      name.holder['name'] = this.#redactor.redact(name.said);
    }
  }

  #push(holder: JsonObject, name: string, value: string, choice: number, path: Path): string {
    const key = `${choice} ${path.join('/')}`;
    let text = this.#texts.get(key);
    if (!text) {
      text = { choice, path, filter: this.#redactor.open(name === 'arguments' ? 'json' : 'text'), place: undefined };
      this.#texts.set(key, text);
    }
    text.place = { holder, name };
    return text.filter.push(value);
  }

  #flush(choice: number): string {
    this.#closeNames((name) => name.choice === choice);
    let inserted = '';
    for (const [key, text] of this.#texts) {
      if (text.choice !== choice) continue;
      this.#texts.delete(key);
      const rest = text.filter.flush();
      if (rest === '') continue;
      if (text.place) this.#set(text.place.holder, text.place.name, `${String(text.place.holder[text.place.name])}${rest}`);
      else inserted += this.#chunk(choice, text.path, rest);
    }
    return inserted;
  }

  #chunk(choice: number, path: Path, text: string): string {
    const envelope: JsonObject = { ...this.#envelope };
    // Usage is that of the last chunk alone, and padding fits the chunk that it came with.
    if (envelope['usage'] !== undefined) envelope['usage'] = null;
    delete envelope['obfuscation'];
    if (path.length === 0) return `data: ${JSON.stringify({ ...envelope, choices: [{ text, index: choice, logprobs: null, finish_reason: null }] })}\n\n`;
    let delta: unknown = text;
    for (const step of [...path].reverse()) delta = typeof step === 'number' ? [{ index: step, ...(delta as object) }] : { [step]: delta };
    return `data: ${JSON.stringify({ ...envelope, choices: [{ index: choice, delta, finish_reason: null }] })}\n\n`;
  }

  #redactAll(holder: JsonObject | unknown[]): void {
    for (const name of Object.keys(holder)) this.#redactAt(holder, name);
  }

  /** Nothing is inserted: what is no delta of a choice is redacted by itself. */
  #redactAt(holder: JsonObject | unknown[], at: string | number): '' {
    const [fields, name] = [holder as JsonObject, String(at)];
    const value = fields[name];
    if (typeof value === 'string') this.#set(fields, name, this.#redactor.redact(value, name === 'arguments' ? 'json' : 'text'));
    else if (typeof value === 'object' && value !== null) this.#redactAll(value as JsonObject);
    return '';
  }

  #set(holder: JsonObject, name: string, value: string): void {
    if (holder[name] === value) return;
    holder[name] = value;
    this.#changes++;
  }
}

/** Strings of a delta that come at once: a client must not wait for their last letter. */
const WHOLE = new Set(['id', 'type', 'role', 'format', 'object']);
/** Characters of a function's name that are waited for; APIs allow 64 or 128. */
const MAX_NAME = 2048;
/** Chunks that wait for names. */
const MAX_WAITING = 64;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
