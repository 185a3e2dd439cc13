import { type KeyObject } from './key-object.ts';

export type KeyState = 'active' | 'expired' | 'revoked';

/** @param now milliseconds since 1970 */
export function stateOf({ revoked_at, expires_at }: KeyObject, now: number): KeyState {
  if (revoked_at !== null) return 'revoked';
  return expires_at !== null && expires_at * 1000 <= now ? 'expired' : 'active';
}
