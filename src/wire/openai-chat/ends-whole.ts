import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { GatewayError } from '../../kernel/gateway-error.js';

/** The finish, the usage and `[DONE]` are the last things said; the usage is short. */
const TAIL_BYTES = 8192;
/** Outside of a text: inside one, quotes are escaped and no line begins. */
const END = /^data: ?\[DONE\]|"finish_reason"\s*:\s*"|^data: ?\{\s*"error"\s*:\s*\{/m;

const CHUNK = /^data: ?\{/m;
const FAILURE = /^data: ?\{\s*"error"\s*:\s*\{/m;

/**
 * A chat stream that passes as bytes and closes without having said anything, or without having said that it is over, was cut: error `upstream_error`, as with one
 * that breaks.
 *
 * @param failed told where the stream ends with an error of the vendor's own, which passes as it is
 */
export function endsWhole(failed: () => void): MonoTypeOperatorFunction<Buffer> {
  return (pieces) =>
    new Observable((subscriber) => {
      const last: Buffer[] = [];
      let bytes = 0;
      let said = false;
      return pieces.subscribe({
        next: (piece) => {
          said ||= piece.includes('data: {');
          last.push(piece);
          bytes += piece.length;
          while (last[0] && bytes - last[0].length >= TAIL_BYTES) bytes -= last.shift()?.length ?? 0;
          subscriber.next(piece);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          const tail = Buffer.concat(last).toString('latin1');
          if (FAILURE.test(tail)) failed();
          if (END.test(tail) && (said || CHUNK.test(tail))) subscriber.complete();
          else subscriber.error(new GatewayError('upstream_error', 'The provider ended its stream before its answer was complete.', { shouldRetry: false }));
        },
      });
    });
}
