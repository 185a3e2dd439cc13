import { type MonoTypeOperatorFunction, pipe } from 'rxjs';
import { deadline } from '../streaming/deadline.js';
import { idleTimeout } from '../streaming/idle-timeout.js';

/** How long an answer may take: in all, and without a sign of life (contract, section 8). Milliseconds. */
export function limitTime<T>({ totalMs, idleMs }: { readonly totalMs: number; readonly idleMs?: number }): MonoTypeOperatorFunction<T> {
  return idleMs === undefined ? deadline(totalMs) : pipe(idleTimeout<T>(idleMs), deadline<T>(totalMs));
}
