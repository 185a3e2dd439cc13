import { defer, filter, type MonoTypeOperatorFunction } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';

/** `parallel_tool_calls: false` where the model calls several functions at once: the first call alone is told. */
export function firstToolCall(): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    defer(() => {
      let called = false;
      /** Blocks of the calls that are left out; a number may be used again. */
      const dropped = new Set<number>();
      return source.pipe(
        filter((event) => {
          if (event.type === 'tool-call-start') {
            if (called) dropped.add(event.block);
            called = true;
          }
          if (event.type !== 'tool-call-start' && event.type !== 'tool-call-delta' && event.type !== 'tool-call-end') return true;
          const told = !dropped.has(event.block);
          if (event.type === 'tool-call-end') dropped.delete(event.block);
          return told;
        }),
      );
    });
}
