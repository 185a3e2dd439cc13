import { Observable, type OperatorFunction } from 'rxjs';
import { type EndWatch } from './end-watch.js';
import { StreamInspector } from './stream-inspector.js';
import { type Facts } from '../../kernel/answer.js';
import { relay } from '../../kernel/relay.js';
import { type Redactor } from '../../kernel/text-filter.js';

export interface Inspection {
  /** Takes out the events that tell the usage alone: the client did not ask for them. What is `"usage": null` in the others for their sake stays. */
  readonly hidesUsage?: boolean;
  /** Sees what comes. */
  readonly end?: EndWatch;
}

/**
 * The tap on a stream of Chat Completions that is passed on as bytes: secrets are taken out, also when they are split over chunks, and facts are
 * read. A piece of whole events with nothing suspicious passes as the very same Buffer; an event that needs no change passes as it was sent.
 *
 * @param observe told of everything known whenever more becomes known
 * Errors: `output_limit_exceeded` for an event of over 8 MB, `upstream_error` for a stream that was cut, where its end is watched; those of the source pass.
 */
export function inspectStream(redactor: Redactor, observe: (facts: Facts) => void, { hidesUsage = false, end }: Inspection = {}): OperatorFunction<Buffer, Buffer> {
  return (bytes) =>
    new Observable((subscriber) => {
      const inspector = new StreamInspector(redactor, observe, hidesUsage);
      return relay(bytes, subscriber, {
        next: (piece) => {
          end?.see(piece);
          const inspected = inspector.push(piece);
          if (inspected && inspected.length > 0) subscriber.next(inspected);
        },
        complete: () => {
          end?.closed();
          const rest = inspector.end();
          if (rest) subscriber.next(rest);
          subscriber.complete();
        },
      });
    });
}
