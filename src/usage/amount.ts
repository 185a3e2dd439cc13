import { type Budget } from '../kernel/budget.js';

/** What something takes, or may take. */
export interface Amount {
  readonly tokens: number;
  /** Billionths of a dollar. */
  readonly nanos: number;
}

/** What may be spent: undefined is no limit. */
export type Limit = { readonly [Unit in keyof Amount]: number | undefined };

export const nothing: Amount = { tokens: 0, nanos: 0 };

const NANOS_PER_DOLLAR = 1e9;
/** What stays an exact number whatever is added to it. */
const MOST = 8e15;

export function limitOf({ usd, tokens }: Budget): Limit {
  return { tokens: tokens === undefined ? undefined : Math.min(tokens, MOST), nanos: usd === undefined ? undefined : Math.ceil(Math.min(usd * NANOS_PER_DOLLAR, MOST)) };
}

export function dollarsOf(nanos: number): number {
  return nanos / NANOS_PER_DOLLAR;
}

export function plus(one: Amount, other: Amount): Amount {
  return { tokens: one.tokens + other.tokens, nanos: one.nanos + other.nanos };
}

export function larger(one: Amount, other: Amount): Amount {
  return { tokens: Math.max(one.tokens, other.tokens), nanos: Math.max(one.nanos, other.nanos) };
}

/** Whether there is something left of a limit. */
export function isBelow({ tokens, nanos }: Amount, limit: Limit): boolean {
  return (limit.tokens === undefined || tokens < limit.tokens) && (limit.nanos === undefined || nanos < limit.nanos);
}
