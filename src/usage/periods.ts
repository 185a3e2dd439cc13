import { type Period } from '../kernel/budget.js';

/** Names the period that a time lies in: `day:2026-11-26`, `month:2026-11`. @param time milliseconds since 1970 */
export function periodOf(period: Period, time: number): string {
  return `${period}:${new Date(time).toISOString().slice(0, period === 'day' ? 10 : 7)}`;
}

/** When the period that a time lies in ends, and the next begins. Milliseconds since 1970. */
export function endOfPeriod(period: Period, time: number): number {
  const date = new Date(time);
  return period === 'day' ? Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() + 1) : Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
