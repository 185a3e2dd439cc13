/** Writes a comment, which every client skips: it keeps an idle connection alive. Line breaks become several comment lines. */
export function encodeComment(text: string): string {
  return `${text
    .split(/\r\n|\r|\n/)
    .map((line) => `: ${line}\n`)
    .join('')}\n`;
}
