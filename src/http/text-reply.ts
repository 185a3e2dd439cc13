import { once } from 'node:events';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { writeHead } from './write-head.js';
import { toGatewayError } from '../kernel/gateway-error.js';

/** A long text that is written as it is read. */
export interface LongText {
  readonly headers: Readonly<Record<string, string | number>>;
  /** Encoded they are as long as the headers say. */
  readonly pieces: AsyncGenerator<string, void, undefined>;
  /** A client that takes nothing for so long is dropped. Milliseconds. */
  readonly stallMs: number;
}

/** Writes a text in pieces, each when the one before is out. Rejects where the first piece fails: that can still become an HTTP status; what fails later cuts the connection. */
export async function writeText(reply: GatewayReply, { headers, pieces, stallMs }: LongText): Promise<void> {
  const { raw } = reply;
  const gone = new AbortController();
  raw.once('close', () => {
    gone.abort();
  });
  let next = await pieces.next();
  if (raw.destroyed) return;
  writeHead(reply, 200, headers);
  raw.setTimeout(stallMs, () => raw.destroy());
  try {
    for (; next.done !== true; next = await pieces.next()) {
      if (!raw.write(next.value)) await once(raw, 'drain', { signal: gone.signal });
      if (gone.signal.aborted) return;
    }
    raw.end();
  } catch (error) {
    if (gone.signal.aborted) return;
    const { code, cause } = toGatewayError(error);
    (reply.request as GatewayRequest).context.error ??= { code, cause };
    raw.destroy();
  }
}
