/** A transformation of a text that arrives in pieces. What it returns, joined, is the transformed text. It may hold back a bounded tail. */
export interface TextFilter {
  push(text: string): string;
  /** The end of the text: what was held back. */
  flush(): string;
  /** True while nothing is held back and nothing of what came can matter to what comes: the filter may then be replaced by a new one. */
  readonly idle: boolean;
}

/** `text`: as people read it. `json`: JSON source, such as a tool call's arguments; escapes are understood, and valid JSON stays valid. */
export type TextForm = 'text' | 'json';

/** The policy by which secrets are taken out of what a provider says. */
export interface Redactor {
  /** One text that arrives in pieces. */
  open(form?: TextForm): TextFilter;
  /** A whole text. */
  redact(text: string, form?: TextForm): string;
  /**
   * A quick, linear look at raw wire text (JSON or SSE, escapes included): false only when neither a secret nor the
   * possible beginning of one at the end of a JSON string is in it, so that the bytes may pass unread.
   */
  suspicious(wire: string): boolean;
}
