import { type Cell, toCsv } from '../csv.ts';

export const groupings = ['client', 'provider', 'model', 'day'] as const;
export type Grouping = (typeof groupings)[number];

/** What is counted, in the order of the columns. */
export const counts = [
  ['requests', 'Requests'],
  ['errors', 'Errors'],
  ['aborted_requests', 'Aborted'],
  ['prompt_tokens', 'Prompt tokens'],
  ['completion_tokens', 'Completion tokens'],
  ['cached_tokens', 'Cached tokens'],
  ['reasoning_tokens', 'Reasoning tokens'],
  ['cache_hits', 'Cache hits'],
  ['cost_usd', 'Cost'],
] as const;
export type Count = (typeof counts)[number][0];

/** A line of `GET /admin/usage`. */
export type UsageRow = Readonly<Partial<Record<Grouping, string | null>>> & Readonly<Record<Count, number>>;

export function sumOf(rows: readonly UsageRow[]): Readonly<Record<Count, number>> {
  return Object.fromEntries(counts.map(([count]) => [count, rows.reduce((sum, row) => sum + row[count], 0)])) as Record<Count, number>;
}

export function usageCsv(rows: readonly UsageRow[], groups: readonly Grouping[]): string {
  const names = counts.map(([count]) => count);
  return toCsv(
    [...groups, ...names],
    rows.map((row): Cell[] => [...groups.map((group) => row[group]), ...names.map((count) => row[count])]),
  );
}

/**
 * The query of `GET /admin/usage`.
 *
 * @param to the last day that counts: the API's is the first that does not
 */
export function usageQuery(from: string, to: string, groups: readonly Grouping[]): string {
  const query = new URLSearchParams();
  if (from !== '') query.set('from', from);
  if (to !== '') query.set('to', dayAfter(to));
  if (groups.length > 0) query.set('group_by', groups.join(','));
  return query.toString();
}

/** @param day `YYYY-MM-DD` */
export function dayAfter(day: string, days = 1): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
