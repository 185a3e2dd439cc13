import { identity, type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { type BackgroundTurn } from '../kernel/background-turn.js';
import { type Flow } from '../kernel/flow.js';
import { startDeadline } from '../streaming/deadline.js';
import { idleTimeout, startIdleTimer } from '../streaming/idle-timeout.js';
import { relay } from '../kernel/relay.js';

export interface TimeLimits {
  readonly totalMs: number;
  readonly idleMs: number | undefined;
}

/** How long an answer may take: in all, and without a sign of life (contract, section 8). Milliseconds. */
export function limitTime<T>(flow: Flow, { totalMs, idleMs }: TimeLimits): MonoTypeOperatorFunction<T> {
  return (source) =>
    new Observable((subscriber) => {
      startDeadline(subscriber, totalMs);
      const idle = idleMs === undefined ? undefined : startIdleTimer(subscriber, idleMs, () => flow.paused);
      return relay(source, subscriber, {
        next: (value) => {
          idle?.heard();
          subscriber.next(value);
        },
      });
    });
}

/** How long a source may be without a sign of life, where that is limited. A source that was told to pause is silent for the client's sake, and one that waits for its slot for others'. */
export function limitSilence<T>(flow: Flow, idleMs: number | undefined, background?: BackgroundTurn): MonoTypeOperatorFunction<T> {
  return idleMs === undefined ? identity : idleTimeout(idleMs, () => flow.paused || background?.waiting === true);
}
