/** One event of a `text/event-stream`. */
export interface SseFrame {
  readonly data: string;
  readonly event?: string;
  readonly id?: string;
}

/**
 * Writes one event, its closing blank line included. Line breaks in `data` (LF, CRLF, CR) become several `data:` lines.
 *
 * @throws TypeError for a line break (or, in an id, a NUL) in `event` or `id`: it could forge another field
 */
export function encodeFrame({ data, event, id }: SseFrame): string {
  let frame = '';
  if (event !== undefined) frame += `event: ${oneLine('event', event)}\n`;
  if (id !== undefined) frame += `id: ${oneLine('id', id)}\n`;
  for (const line of data.split(LINE_BREAK)) frame += `data: ${line}\n`;
  return `${frame}\n`;
}

const LINE_BREAK = /\r\n|\r|\n/;

function oneLine(field: string, value: string): string {
  if (value.includes('\n') || value.includes('\r') || value.includes('\0')) throw new TypeError(`An SSE ${field} must be one line.`);
  return value;
}
