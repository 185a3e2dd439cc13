import { type IncomingMessage } from 'node:http';

/** What is taken of what nobody reads, and for how many milliseconds, so that a client that still sends comes to hear why it is refused. */
export const LINGER_BYTES = 64 * 1024 ** 2;
export const LINGER_MS = 5000;

/**
 * Takes in the rest of a refused request, unread. A connection that is closed while its client still sends is reset, and the answer on it is lost: the client reads
 * `ECONNRESET` in its place. One that goes on for too long is closed all the same.
 *
 * @returns whether there is a rest: the connection is to be kept for it
 */
export function linger(request: IncomingMessage): boolean {
  const { headers, complete, destroyed, socket } = request;
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
  if (!hasBody || complete || destroyed) return false;
  let bytes = 0;
  const close = (): void => {
    socket.destroy();
  };
  const timer = setTimeout(close, LINGER_MS).unref();
  request
    .on('data', ({ length }: Buffer) => {
      bytes += length;
      if (bytes > LINGER_BYTES) close();
    })
    .once('close', () => {
      clearTimeout(timer);
    })
    .once('error', () => undefined)
    .resume();
  return true;
}
