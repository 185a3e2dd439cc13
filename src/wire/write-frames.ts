import { defer, filter, map, type OperatorFunction } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';

/** Tells the events of one answer. */
export interface FrameWriter {
  /** The text of whole SSE frames; '' where the format has no word for the event. @throws GatewayError for what cannot be told */
  of(event: StreamEvent): string;
}

/** Writes an answer as its wire format tells it. A failure stays the Observable's error: whoever sends the frames knows whether it can still have an HTTP status. */
export function writeFrames(open: () => FrameWriter): OperatorFunction<StreamEvent, string> {
  return (events) =>
    defer(() => {
      const writer = open();
      return events.pipe(
        map((event) => writer.of(event)),
        filter((text) => text !== ''),
      );
    });
}
