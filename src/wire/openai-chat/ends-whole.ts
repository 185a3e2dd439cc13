import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { GatewayError } from '../../kernel/gateway-error.js';

/** The finish, the usage and `[DONE]` are the last things said; the usage is short. */
const TAIL_BYTES = 8192;
/** Outside of a text: inside one, quotes are escaped and no line begins. */
const END = /^data: ?\[DONE\]|"finish_reason"\s*:\s*"|^data: ?\{\s*"error"\s*:\s*\{/m;

/** A chat stream that passes as bytes and closes without having said that it is over was cut: error `upstream_error`, as with one that breaks. */
export function endsWhole(): MonoTypeOperatorFunction<Buffer> {
  return (pieces) =>
    new Observable((subscriber) => {
      const last: Buffer[] = [];
      let bytes = 0;
      return pieces.subscribe({
        next: (piece) => {
          last.push(piece);
          bytes += piece.length;
          while (last[0] && bytes - last[0].length >= TAIL_BYTES) bytes -= last.shift()?.length ?? 0;
          subscriber.next(piece);
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          if (END.test(Buffer.concat(last).toString('latin1'))) subscriber.complete();
          else subscriber.error(new GatewayError('upstream_error', 'The provider ended its stream before its answer was complete.', { shouldRetry: false }));
        },
      });
    });
}
