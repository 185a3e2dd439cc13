import { GatewayError } from '../kernel/gateway-error.js';

/** Characters that are gathered before they become a chunk. */
const CHUNK = 65_536;

/**
 * Bytes as text, in chunks of a fit size: encoded again they are the very same bytes, a byte order mark included.
 *
 * @throws GatewayError `invalid_parameter` for what is no UTF-8, and for NUL, which no database keeps in a text
 */
export async function* textChunks(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decode = (bytes?: Uint8Array): string => {
    let text: string;
    try {
      text = decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new GatewayError('invalid_parameter', 'The file is not UTF-8.', { param: 'file', cause });
    }
    if (text.includes('\0')) throw new GatewayError('invalid_parameter', 'The file holds a NUL character: it is no text.', { param: 'file' });
    return text;
  };
  async function* texts(): AsyncGenerator<string, void, undefined> {
    for await (const bytes of source) yield decode(bytes);
    yield decode();
  }
  yield* gathered(texts());
}

/** The same text in chunks of a fit size: short pieces are put together. */
export async function* gathered(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let pending = '';
  for await (const piece of pieces) {
    pending += piece;
    if (pending.length < CHUNK) continue;
    yield pending;
    pending = '';
  }
  if (pending !== '') yield pending;
}
