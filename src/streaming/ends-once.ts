import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { OpenBlocks } from './open-blocks.js';
import { relay } from '../kernel/relay.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/**
 * Holds a provider to the grammar of {@link StreamEvent}: the source is left after the first `stream-end`, before which blocks still open
 * are ended. Whatever breaks the grammar (no `stream-end`, no `stream-start` first, a delta outside its block) is the error that `broken` makes.
 */
export function endsOnce(broken: () => GatewayError): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const blocks = new OpenBlocks();
      let started = false;
      return relay(source, subscriber, {
        next: (event) => {
          const fits = (event.type === 'stream-start') !== started && blocks.see(event);
          if (!fits) {
            subscriber.error(broken());
            return;
          }
          started = true;
          if (event.type !== 'stream-end') {
            subscriber.next(event);
            return;
          }
          for (const end of blocks.close()) subscriber.next(end);
          subscriber.next(event);
          subscriber.complete();
        },
        complete: () => {
          subscriber.error(broken());
        },
      });
    });
}
