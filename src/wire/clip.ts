import { wellFormed } from './well-formed.js';

/** What a client sent is shown back to it, but never at length. */
export function clip(value: string): string {
  return value.length > 60 ? `${wellFormed(value.slice(0, 60))}…` : value;
}
