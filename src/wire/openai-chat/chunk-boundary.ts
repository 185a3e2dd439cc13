/**
 * Where the last whole event of a piece of an event stream ends: the index behind its closing blank line, or 0 where none closes.
 * Every way of ending lines (LF, CRLF, CR) counts. A line feed that completes a CRLF cut by the network is left for the next piece, where it is a
 * blank line of its own.
 */
export function endOfLastEvent(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) {
    if (isBreak(text.charCodeAt(at)) && closesEvent(text, at)) return at + 1;
  }
  return 0;
}

/** Where the first event ends that begins at `from`: behind its blank line, or at the text's end. */
export function endOfEvent(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A CRLF counts once, at its line feed.
    if (isBreak(code) && !(code === CR && text.charCodeAt(at + 1) === LF) && closesEvent(text, at)) return at + 1;
  }
  return text.length;
}

/** Whether the line that the break at `at` ends is blank. */
function closesEvent(text: string, at: number): boolean {
  const lineEnd = text.charCodeAt(at) === LF && text.charCodeAt(at - 1) === CR ? at - 1 : at;
  return lineEnd === 0 || isBreak(text.charCodeAt(lineEnd - 1));
}

function isBreak(code: number): boolean {
  return code === LF || code === CR;
}

const LF = 0x0a;
const CR = 0x0d;
