import { identity, type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { type BackgroundTurn } from '../kernel/background-turn.js';
import { type Flow } from '../kernel/flow.js';
import { deadline } from '../streaming/deadline.js';
import { idleTimeout } from '../streaming/idle-timeout.js';

export interface TimeLimits {
  readonly totalMs: number;
  readonly idleMs: number | undefined;
}

/** How long an answer may take: in all, and without a sign of life (contract, section 8). Milliseconds. */
export function limitTime<T>(flow: Flow, { totalMs, idleMs }: TimeLimits): MonoTypeOperatorFunction<T> {
  return pipe(limitSilence<T>(flow, idleMs), deadline<T>(totalMs));
}

/** How long a source may be without a sign of life, where that is limited. A source that was told to pause is silent for the client's sake, and one that waits for its slot for others'. */
export function limitSilence<T>(flow: Flow, idleMs: number | undefined, background?: BackgroundTurn): MonoTypeOperatorFunction<T> {
  return idleMs === undefined ? identity : idleTimeout(idleMs, () => flow.paused || background?.waiting === true);
}
