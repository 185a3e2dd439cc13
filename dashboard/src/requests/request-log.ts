/** A line of `GET /dashboard/api/requests`: what a completion took, never what was said. */
export interface LoggedRequest {
  readonly id: string;
  readonly request_id: string | null;

  /** ISO 8601. */
  readonly started_at: string;
  readonly client: string;
  readonly provider: string | null;
  readonly model: string | null;
  readonly status: number;
  readonly error: string | null;
  readonly streamed: boolean;
  readonly latency_ms: number;
  readonly ttft_ms: number | null;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly reasoning_tokens: number;
  readonly estimated: boolean;
  readonly cost_usd: number | null;
  readonly cache: 'hit' | 'miss' | null;
  readonly fallback_from: string | null;
  /** Within one. */
  readonly session: boolean;
}

export interface RequestFilter {
  readonly from: string;
  readonly to: string;
  readonly client: string;
  readonly provider: string;
  readonly model: string;
  readonly outcome: string;
  readonly request_id: string;
}

export const noFilter: RequestFilter = { from: '', to: '', client: '', provider: '', model: '', outcome: '', request_id: '' };

/** @param before where the page before ended */
export function requestQuery(filter: RequestFilter, before?: string): string {
  const set = Object.entries(filter as unknown as Record<string, string>).flatMap(([name, value]) => {
    const text = value.trim();
    return text === '' ? [] : [[name, name === 'from' || name === 'to' ? utc(text) : text]];
  });
  return new URLSearchParams([['limit', '50'], ...set, ...(before === undefined ? [] : [['before', before]])]).toString();
}

/** The filter that an address names, such as that of a link from another page. */
export function filterOf(search: string): RequestFilter {
  const query = new URLSearchParams(search);
  return Object.fromEntries(Object.keys(noFilter).map((name) => [name, query.get(name) ?? ''])) as unknown as RequestFilter;
}

/** The same as a part of an address. */
export function searchOf(filter: RequestFilter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '') as [string, string][]).toString();
  return query === '' ? '' : `?${query}`;
}

/** A time of the local clock, as a `datetime-local` field has it, is told in UTC. */
function utc(written: string): string {
  const time = new Date(written);
  return Number.isNaN(time.getTime()) ? written : time.toISOString();
}
