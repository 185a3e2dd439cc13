/** Writes an event that names itself as one SSE frame. */
export function typedFrame(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return writtenFrame({ type: event.type, json: JSON.stringify(event) });
}

/** The same of an event that is JSON already. JSON has no line breaks of its own, and `type` must have none. */
export function writtenFrame({ type, json }: { readonly type: string; readonly json: string }): string {
  return `event: ${type}\ndata: ${json}\n\n`;
}
