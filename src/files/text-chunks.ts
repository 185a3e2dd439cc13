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
  let pending = '';
  for await (const bytes of source) {
    pending += decode(bytes);
    if (pending.length < CHUNK) continue;
    yield pending;
    pending = '';
  }
  pending += decode();
  if (pending !== '') yield pending;
}
