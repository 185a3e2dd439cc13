/** Writes an event that names itself as one SSE frame. JSON has no line breaks of its own, and `type` must have none. */
export function typedFrame(event: { readonly type: string; readonly [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
