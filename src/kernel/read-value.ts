/** What another program says is checked where it is read: these give what is asked for, or nothing. */

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A count: a whole number that is not negative. */
export function countOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Seconds since 1970 as ISO 8601 in UTC; null for what is no time. */
export function timeOf(seconds: unknown): string | null {
  return isTime(seconds) ? new Date(seconds * 1000).toISOString() : null;
}

/** Whether a value is a time in seconds since 1970 that a `Date` can tell. */
export function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MAX_SECONDS;
}

/** https://tc39.es/ecma262/#sec-time-values-and-time-range */
const MAX_SECONDS = 8.64e12;
