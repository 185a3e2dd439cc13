/** A transformation of a text that arrives in pieces. What it returns, joined, is the transformed text. It may hold back a bounded tail. */
export interface TextFilter {
  push(text: string): string;
  /** The end of the text: what was held back. */
  flush(): string;
}

/** The policy by which secrets are taken out of what a provider says. */
export interface Redactor {
  /** One text that arrives in pieces. */
  open(): TextFilter;
  /** A whole text. */
  redact(text: string): string;
  /**
   * A quick, linear look at raw wire text (JSON or SSE, escapes included): false only when neither a secret nor the
   * possible beginning of one at the end of a JSON string is in it, so that the bytes may pass unread.
   */
  suspicious(wire: string): boolean;
}
