import { type Observable } from 'rxjs';
import { type GatewayReply } from './gateway-request.js';
import { type WireAnswer } from '../kernel/answer.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** The one value of an Observable. An aborted signal unsubscribes the source and rejects with its reason; so does a source without a value. */
export function oneValue<T>(source: Observable<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    let value: T | undefined;
    const leave = (): void => {
      subscription.unsubscribe();
      reject(signal.reason as Error);
    };
    const subscription = source.subscribe({
      next: (next) => {
        value = next;
      },
      error: (error: unknown) => {
        signal.removeEventListener('abort', leave);
        reject(error instanceof Error ? error : new Error('the answer failed', { cause: error }));
      },
      complete: () => {
        signal.removeEventListener('abort', leave);
        if (value === undefined) reject(new GatewayError('upstream_error', 'The provider answered with nothing.'));
        else resolve(value);
      },
    });
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true });
  });
}

/** Writes a whole body with its length; a JSON body is never a stream. */
export function writeBody(reply: GatewayReply, { status, headers }: Pick<WireAnswer, 'status' | 'headers'>, body: Buffer, stallMs: number): void {
  const { raw } = reply;
  if (raw.destroyed) return;
  reply.hijack();
  raw.writeHead(status, { ...(reply.getHeaders() as Record<string, string>), ...headers, 'content-length': body.length });
  // Head and body leave in one string and one system call; above the size that libuv writes from its stack, bytes are the better way.
  if (body.length < 16_384) raw.end(body.toString('latin1'), 'latin1');
  else raw.end(body);
  // A client that takes nothing is dropped: its answer would keep memory. The socket counts every byte as progress.
  if (raw.writableLength > 0) raw.setTimeout(stallMs, () => raw.destroy());
}
