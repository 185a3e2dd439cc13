import { dollarsOf } from '../usage/amount.js';
import { type UsageRow } from '../usage/usage-row.js';

/** A completion as the dashboard lists it. */
export interface RequestObject {
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
  /** Null: its model has no price. */
  readonly cost_usd: number | null;
  readonly cache: 'hit' | 'miss' | null;
  readonly fallback_from: string | null;
  readonly session: boolean;
}

export function encodeRequest(row: UsageRow): RequestObject {
  return {
    id: row.id,
    request_id: row.request_id,
    started_at: new Date(row.started_at).toISOString(),
    client: row.client_name,
    provider: row.provider,
    model: row.model,
    status: row.status,
    error: row.error,
    streamed: row.streamed === 1,
    latency_ms: row.latency_ms,
    ttft_ms: row.ttft_ms,
    prompt_tokens: row.prompt_tokens,
    completion_tokens: row.completion_tokens,
    cached_tokens: row.cached_tokens,
    reasoning_tokens: row.reasoning_tokens,
    estimated: row.estimated === 1,
    cost_usd: row.cost_nanos === null ? null : dollarsOf(row.cost_nanos),
    cache: row.cache,
    fallback_from: row.fallback_from,
    session: row.session_id !== null,
  };
}
