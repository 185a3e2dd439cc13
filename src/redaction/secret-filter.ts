import { type TextFilter, type TextForm } from '../kernel/text-filter.js';
import { Attempt } from './attempt.js';
import { type Candidate, END, Rest, Verdict } from './candidate.js';
import { ContextTracker } from './context-tracker.js';
import { AFTER_REDACTION, type History, isBoundary, isBoundaryOpen, NO_HISTORY, remember } from './history.js';
import { readJsonCharacter } from './json-character.js';
import { historyAt, type PrefixIndex } from './prefix-index.js';
import { DEAD, ROOT } from './prefix-trie.js';

/**
 * Takes secrets out of a text that arrives in pieces, however it is cut. Only what may be the beginning of a secret is held back, at most 600
 * characters (a JWT's header, or what stands before a PEM key; 130 of other kinds), and none behind nearly every token of ordinary text; once it is certain that a secret has begun its rest is dropped as it comes, however long.
 * The result is the same for every way of cutting the text.
 */
export class SecretFilter implements TextFilter {
  readonly #index: PrefixIndex;
  readonly #json: boolean;
  readonly #context: ContextTracker;
  readonly #character = { code: 0, length: 0 };
  /** What has not been given out, and what came with it. */
  #text = '';
  #out = '';
  /** Where in `#text` reading goes on. */
  #at = 0;
  /** Where in `#text` what was neither given out nor dropped begins. */
  #from = 0;
  /** Where the attempt began, or what a secret ends with if more of it follows; -1 for neither. */
  #mark = -1;
  #attempt: Attempt | undefined;
  #draining: Candidate | undefined;
  #history: History = NO_HISTORY;

  constructor(index: PrefixIndex, form: TextForm) {
    this.#index = index;
    this.#json = form === 'json';
    this.#context = new ContextTracker(index.contexts);
  }

  get idle(): boolean {
    return this.#text === '' && this.#resting && !isBoundaryOpen(this.#history);
  }

  push(text: string): string {
    if (this.#text === '' && this.#resting && this.#find(text, 0) === text.length) {
      this.#pass(text, 0, text.length);
      return text;
    }
    this.#text += text;
    return this.#run(false);
  }

  flush(): string {
    return this.#run(true);
  }

  /** Whether nothing has begun. */
  get #resting(): boolean {
    return this.#attempt === undefined && this.#draining === undefined && this.#context.idle;
  }

  #run(ended: boolean): string {
    this.#out = '';
    for (;;) {
      if (this.#resting) this.#skip();
      const code = this.#read(ended);
      if (this.#character.length === 0 && !(ended && this.#unfinished)) break;
      if (this.#draining) this.#drain(this.#draining, code);
      else if (this.#attempt) this.#advance(this.#attempt, code);
      else this.#begin(code);
    }
    const held = this.#mark < 0 ? this.#at : this.#mark;
    this.#out += this.#text.slice(this.#from, held);
    this.#text = this.#text.slice(held);
    this.#at -= held;
    this.#from = 0;
    if (this.#mark > 0) this.#mark = 0;
    return this.#out;
  }

  get #unfinished(): boolean {
    return this.#attempt !== undefined || this.#draining !== undefined;
  }

  #find(text: string, from: number): number {
    return this.#index.find(text, from, this.#history, this.#json ? BACKSLASH : -1);
  }

  #skip(): void {
    const found = this.#find(this.#text, this.#at);
    this.#pass(this.#text, this.#at, found);
    this.#at = found;
  }

  #pass(text: string, from: number, to: number): void {
    this.#history = historyAt(text, to, from, this.#history);
  }

  #read(ended: boolean): number {
    const character = this.#character;
    if (this.#at >= this.#text.length) {
      character.length = 0;
      return END;
    }
    if (this.#json) {
      readJsonCharacter(this.#text, this.#at, ended, character);
    } else {
      character.code = this.#text.charCodeAt(this.#at);
      character.length = 1;
    }
    return character.code;
  }

  #begin(code: number): void {
    const prefixed = isBoundary(this.#history) && this.#index.secrets.step(ROOT, code) !== DEAD;
    const expected = this.#context.expects(code);
    if (!prefixed && !expected) {
      this.#let(code);
      return;
    }
    this.#attempt = new Attempt(this.#index.secrets, prefixed ? ROOT : DEAD, this.#history);
    if (expected) this.#attempt.add(expected);
    this.#mark = this.#at;
    this.#advance(this.#attempt, code);
  }

  #advance(attempt: Attempt, code: number): void {
    const verdict = attempt.step(code);
    if (verdict === Verdict.No) {
      // Its first character is none of a secret; what follows may be.
      this.#at = this.#mark;
      this.#mark = -1;
      this.#attempt = undefined;
      this.#let(this.#read(true));
      return;
    }
    if (verdict === Verdict.Before && attempt.won) {
      this.#redact(attempt.won.kind);
      this.#history = AFTER_REDACTION;
      return;
    }
    this.#at += this.#character.length;
    if (verdict === Verdict.Yes && attempt.won) {
      this.#redact(attempt.won.kind);
      this.#draining = attempt.won.candidate;
    }
  }

  #redact(kind: string): void {
    this.#out += `${this.#text.slice(this.#from, this.#mark)}[REDACTED:${kind}]`;
    this.#from = this.#at;
    this.#mark = -1;
    this.#attempt = undefined;
    this.#context.reset();
  }

  #drain(candidate: Candidate, code: number): void {
    const rest = candidate.drain(code);
    if (rest === Rest.Over || (rest === Rest.Maybe && this.#mark >= 0)) {
      if (this.#mark >= 0) this.#at = this.#mark;
      this.#mark = -1;
      this.#draining = undefined;
      this.#history = AFTER_REDACTION;
      return;
    }
    if (rest === Rest.Maybe) this.#mark = this.#at;
    this.#at += this.#character.length;
    if (rest === Rest.Maybe) return;
    this.#mark = -1;
    this.#from = this.#at;
  }

  /** Lets a character pass. */
  #let(code: number): void {
    this.#context.pass(code, this.#history);
    this.#history = remember(this.#history, code);
    this.#at += this.#character.length;
  }
}

const BACKSLASH = 0x5c;
