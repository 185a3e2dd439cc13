import { listOf, fieldsOf } from '../kernel/read-value.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/** How an answer was told first, so that it is told the same again. */
export interface Told {
  /** What it is called: a UUID. */
  readonly id: string;
  /** When it was begun: milliseconds since 1970. */
  readonly createdAt: number;
}

/** An answer for whoever asks the same again. */
export interface KeptAnswer extends Told {
  /** When it was complete: milliseconds since 1970. */
  readonly madeAt: number;
  /** The whole of it, from `stream-start` to `stream-end`, in as few pieces as can be. */
  readonly events: readonly StreamEvent[];
}

/** What a store gives back may be another program's: undefined where it is no whole answer. */
export function readKeptAnswer(value: unknown): KeptAnswer | undefined {
  const { id, createdAt, madeAt, events } = fieldsOf(value);
  const list = listOf(events).map(fieldsOf);
  const whole = list[0]?.['type'] === 'stream-start' && list.at(-1)?.['type'] === 'stream-end';
  return typeof id === 'string' && isTime(createdAt) && isTime(madeAt) && whole ? (value as KeptAnswer) : undefined;
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value);
}

/** Whether it is not older than `seconds`. Clocks of several instances may differ a little. */
export function isFresh({ madeAt }: KeptAnswer, seconds: number, now: number): boolean {
  return now - madeAt < seconds * 1000;
}
