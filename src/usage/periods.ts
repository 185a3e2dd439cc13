import { type Period } from '../kernel/budget.js';

/** Names the period that a time lies in: `day:2026-11-26`, `month:2026-11`. @param time milliseconds since 1970 */
export function periodOf(period: Period, time: number): string {
  return `${period}:${new Date(time).toISOString().slice(0, period === 'day' ? 10 : 7)}`;
}
