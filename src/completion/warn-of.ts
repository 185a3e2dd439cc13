import { map, type MonoTypeOperatorFunction, identity } from 'rxjs';
import { type StreamEvent } from '../kernel/stream-event.js';

/** Adds to what the provider could not set what nobody here could, so that the client is told of both. */
export function warnOf(ignored: readonly string[] | undefined): MonoTypeOperatorFunction<StreamEvent> {
  if (!ignored || ignored.length === 0) return identity;
  const more = ignored.map((parameter) => ({ type: 'ignored-parameter' as const, parameter }));
  return map((event) => (event.type === 'stream-start' ? { ...event, warnings: [...event.warnings, ...more] } : event));
}
