import { type Readable } from 'node:stream';

/** Of a request: a model's arguments are shorter. */
const MAX_BYTES = 8 * 1024 ** 2;

/** A request's body; undefined where it is too long. Rejects where it does not come to its end. */
export async function readBody(request: Readable, maxBytes = MAX_BYTES): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
