import { type UsageTable } from '../storage/database.js';

/** One completion in the ledger, as the table has it. */
export type UsageRow = UsageTable;

/** No completion takes more than this: what a vendor claims beyond is not believed. Tokens. */
const MAX_TOKENS = 1e9;
/** Billionths of a dollar. */
const MAX_COST = 1e14;
const MAX_TEXT = 200;

/** A count of tokens that the ledger can hold. */
export function tokensOf(count: number | undefined): number {
  return count === undefined || !(count > 0) ? 0 : Math.min(Math.round(count), MAX_TOKENS);
}

/** A cost that the ledger can hold. */
export function costOf(nanos: number): number {
  return Math.min(Math.max(0, Math.round(nanos)), MAX_COST);
}

/** A name that others chose, as the ledger can hold it: no database takes every character. */
export function nameOf(text: string): string {
  const clipped = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  return simple.test(clipped) ? clipped : clipped.toWellFormed().replace(/\p{Cc}/gu, '?');
}

const simple = /^[\x20-\x7e]*$/;

const texts = ['id', 'client_id', 'client_name'] as const;
const optionalTexts = ['request_id', 'provider', 'model', 'error', 'fallback_from', 'session_id'] as const;
const counts = [
  'started_at',
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'estimated',
  'latency_ms',
  'status',
  'streamed',
] as const;
const optionalCounts = ['scaffold_tokens', 'cost_nanos', 'ttft_ms'] as const;

/** The columns of the table, each once. */
export const usageColumns: readonly (keyof UsageRow)[] = [...texts, ...optionalTexts, ...counts, ...optionalCounts, 'cache'] satisfies readonly (keyof UsageRow)[];

/** A row that was kept as JSON; undefined for what is none. */
export function parseRow(json: string): UsageRow | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const row = value as Record<string, unknown>;
  const isText = (name: string): boolean => typeof row[name] === 'string' && row[name].length <= MAX_TEXT && nameOf(row[name]) === row[name];
  const isCount = (name: string): boolean => Number.isSafeInteger(row[name]) && (row[name] as number) >= 0 && (row[name] as number) <= MAX_COST;
  const isNull = (name: string): boolean => row[name] === null;
  const good =
    texts.every(isText) &&
    optionalTexts.every((name) => isNull(name) || isText(name)) &&
    counts.every(isCount) &&
    optionalCounts.every((name) => isNull(name) || isCount(name)) &&
    [null, 'hit', 'miss'].includes(row['cache'] as null);
  if (!good) return undefined;
  return Object.fromEntries(usageColumns.map((name) => [name, row[name]])) as unknown as UsageRow;
}
