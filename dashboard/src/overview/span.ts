/** How far back it looks; `custom` is a time of its own. */
export type Range = '1h' | '24h' | '7d' | '30d' | 'custom';

export interface Span {
  readonly from: Date;
  readonly to: Date;
}

export const ranges: readonly (readonly [Range, string])[] = [
  ['1h', '1 h'],
  ['24h', '24 h'],
  ['7d', '7 d'],
  ['30d', '30 d'],
  ['custom', 'Custom'],
];

const hours: Readonly<Record<Range, number>> = { '1h': 1, '24h': 24, '7d': 168, '30d': 720, custom: 24 };

/** The range that an address names; a day where it names none. */
export function rangeOf(query: URLSearchParams): Range {
  const range = query.get('range') as Range | null;
  return range !== null && Object.hasOwn(hours, range) ? range : '24h';
}

/** From when to when: up to now, or what a custom range's `from` and `to` say, as far as they make sense. */
export function spanOf(query: URLSearchParams, now: number): Span {
  const range = rangeOf(query);
  const from = moment(query.get('from'));
  const to = moment(query.get('to'));
  const end = range === 'custom' && to !== undefined ? to : now;
  const begin = range === 'custom' && from !== undefined && from < end ? from : end - hours[range] * 3_600_000;
  return { from: new Date(begin), to: new Date(end) };
}

/** As an `<input type="datetime-local">` has it: to the minute, in the reader's own time zone. */
export function localInput(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function moment(text: string | null): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
