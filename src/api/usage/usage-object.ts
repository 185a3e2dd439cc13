import { dollarsOf } from '../../usage/amount.js';
import { type UsageSum } from '../../usage/usage-report.js';

/** What the completions of a group took, as the API shows it, beside the fields that it is grouped by. */
export interface UsageObject {
  readonly client?: string | null;
  readonly provider?: string | null;
  readonly model?: string | null;
  readonly day?: string | null;
  readonly requests: number;
  readonly errors: number;
  readonly aborted_requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly cached_tokens: number;
  readonly cache_write_tokens: number;
  readonly reasoning_tokens: number;
  readonly scaffold_tokens: number;
  readonly estimated_requests: number;
  readonly cost_usd: number;
  readonly cache_hits: number;
}

export function encodeUsage(sum: UsageSum): UsageObject {
  return {
    ...sum.group,
    requests: sum.requests,
    errors: sum.errors,
    aborted_requests: sum.aborted,
    prompt_tokens: sum.promptTokens,
    completion_tokens: sum.completionTokens,
    cached_tokens: sum.cachedTokens,
    cache_write_tokens: sum.cacheWriteTokens,
    reasoning_tokens: sum.reasoningTokens,
    scaffold_tokens: sum.scaffoldTokens,
    estimated_requests: sum.estimated,
    cost_usd: dollarsOf(sum.costNanos),
    cache_hits: sum.cacheHits,
  };
}
