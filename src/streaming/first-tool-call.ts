import { filter, type MonoTypeOperatorFunction } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';

/** `parallel_tool_calls: false` where the model calls several functions at once: the first call alone is told. */
export function firstToolCall(): MonoTypeOperatorFunction<StreamEvent> {
  return (source) => {
    let called = false;
    /** Blocks of the calls that are left out. */
    const dropped = new Set<number>();
    return source.pipe(
      filter((event) => {
        if (event.type === 'tool-call-start') {
          if (called) dropped.add(event.block);
          else dropped.delete(event.block);
          called = true;
        }
        return !(event.type.startsWith('tool-call-') && 'block' in event && dropped.has(event.block));
      }),
    );
  };
}
