/// <reference lib="es2024.string" />

/** A text with every lone surrogate in it replaced by U+FFFD: it can be written as UTF-8. */
export function wellFormed(text: string): string {
  return text.toWellFormed();
}
