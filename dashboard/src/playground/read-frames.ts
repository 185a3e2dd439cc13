/**
 * The data of server-sent events as they come in (https://html.spec.whatwg.org/multipage/server-sent-events.html), comments left out. A frame that was cut at the
 * end is no frame.
 */
export async function* readFrames(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let data: string[] = [];
  for await (const line of readLines(bytes)) {
    if (line.startsWith('data:')) data.push(line.slice(line.startsWith('data: ') ? 6 : 5));
    else if (line === '' && data.length > 0) {
      yield data.join('\n');
      data = [];
    }
  }
}

async function* readLines(bytes: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  const reader = bytes.getReader();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value, { stream: !done });
      // A CR at the very end may be the first half of a CRLF.
      const whole = done || !rest.endsWith('\r') ? rest : rest.slice(0, -1);
      const lines = whole.split(/\r\n|\r|\n/);
      rest = (lines.pop() ?? '') + rest.slice(whole.length);
      yield* lines;
      if (done) return;
    }
  } finally {
    // Nobody reads on: where it is not over, the gateway is to hear of it.
    await reader.cancel().catch(() => undefined);
  }
}
