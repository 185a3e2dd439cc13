import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { GatewayError } from '../../kernel/gateway-error.js';

/** An end is looked for in the last pieces alone: the finish, the usage and `[DONE]` may each come by itself. */
const LAST = 4;
const END = /\[DONE\]|"finish_reason"\s*:\s*"|"error"/;

/** A chat stream that passes as bytes and closes without having said that it is over was cut: error `upstream_error`, as with one that breaks. */
export function endsWhole(): MonoTypeOperatorFunction<Buffer> {
  return (pieces) =>
    new Observable((subscriber) => {
      const last: Buffer[] = [];
      return pieces.subscribe({
        next: (piece) => {
          last.push(piece);
          if (last.length > LAST) last.shift();
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
