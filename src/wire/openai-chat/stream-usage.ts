type Body = Readonly<Record<string, unknown>>;

/** Whether a client's stream is to end with its usage; also where it says what no API takes: its vendor is to refuse that, not we. */
export function wantsUsage({ stream_options: options }: Body): boolean {
  if (options === undefined || options === null) return false;
  if (!isObject(options)) return true;
  const asked = options['include_usage'];
  return asked !== undefined && asked !== null && asked !== false;
}

/** The body of a stream, whose vendor is to say the usage though the client does not want it; the same object where it does. */
export function askingForUsage(body: Body): Body {
  if (wantsUsage(body)) return body;
  const { stream_options: options } = body;
  return { ...body, stream_options: { ...(isObject(options) ? options : {}), include_usage: true } };
}

/**
 * Whether a chunk is there to tell the usage and nothing else: it has no choices. That of a content filter, which has none either, has no usage; usage beside a
 * choice is told by vendors that do so unasked.
 */
export function tellsUsageAlone(chunk: unknown): boolean {
  return isObject(chunk) && Array.isArray(chunk['choices']) && chunk['choices'].length === 0 && isObject(chunk['usage']) && !isObject(chunk['error']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
