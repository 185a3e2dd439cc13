/** Invisible, no blank to `trim()`, and nothing to a model. */
export const WORD_JOINER = '\u2060';

/**
 * Text in which the CLI finds nothing to do: in a prompt it runs what begins with `/` or `$` as a command of its own, and from a history it drops what begins with `/`, `?`
 * or a block of its own context. Blanks in front do not matter to it, so the joiner goes behind them.
 */
export function neutral(text: string): string {
  return text.replace(/^\s*(?=[/$?]|<(?:session|hook)_context>)/, (blanks) => `${blanks}${WORD_JOINER}`);
}
