import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { StreamTail } from './stream-tail.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { relay } from '../../kernel/relay.js';

/** Outside of a text: inside one, quotes are escaped and no line begins. */
const END = /^data: ?\[DONE\]|"finish_reason"\s*:\s*"|^data: ?\{\s*"error"\s*:\s*\{/m;

const CHUNK = /^data: ?\{/m;
const FAILURE = /^data: ?\{\s*"error"\s*:\s*\{/m;

/**
 * A chat stream that passes as bytes and closes without having said anything, or without having said that it is over, was cut: error `upstream_error`, as with one
 * that breaks.
 *
 * @param failed told where the stream ends with an error of the vendor's own, which passes as it is
 * @param tail hears what passes
 */
export function endsWhole(failed: () => void, tail = new StreamTail()): MonoTypeOperatorFunction<Buffer> {
  return (pieces) =>
    new Observable((subscriber) => {
      let said = false;
      return relay(pieces, subscriber, {
        next: (piece) => {
          said ||= piece.includes('data: {');
          tail.push(piece);
          subscriber.next(piece);
        },
        complete: () => {
          const { text } = tail;
          if (FAILURE.test(text)) failed();
          if (END.test(text) && (said || CHUNK.test(text))) subscriber.complete();
          else subscriber.error(new GatewayError('upstream_error', 'The provider ended its stream before its answer was complete.', { shouldRetry: false }));
        },
      });
    });
}
