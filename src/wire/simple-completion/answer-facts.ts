import { type FinishReason } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';
import { type ChatUsage, encodeUsage } from '../openai-chat/encode-usage.js';
import { encodeFinishReason } from '../openai-chat/finish-reason.js';

/** What is told of an answer beside its text. */
export interface AnswerFacts {
  readonly provider: string;
  /** The name that was asked for; where none was, the model that ran. */
  readonly model: string;
  readonly durationMs: number;
  readonly requestId: string;
  /** It was answered before, and kept. */
  readonly cached: boolean;
  /** In whose place it answered. */
  readonly fallback: { readonly provider: string; readonly code: string } | undefined;
}

export interface EncodedFacts {
  readonly provider: string;
  readonly model: string;
  readonly duration_ms: number;
  readonly cached: boolean;
  readonly usage: ChatUsage;
  readonly request_id: string;
  readonly finish_reason: ReturnType<typeof encodeFinishReason>;
  readonly fallback?: true;
  readonly original_provider?: string;
  readonly original_error?: string;
}

export function encodeFacts({ provider, model, durationMs, requestId, cached, fallback }: AnswerFacts, reason: FinishReason, usage: Usage): EncodedFacts {
  return {
    provider,
    model,
    duration_ms: durationMs,
    cached,
    usage: encodeUsage(usage),
    request_id: requestId,
    finish_reason: encodeFinishReason(reason),
    ...(fallback && { fallback: true, original_provider: fallback.provider, original_error: fallback.code }),
  };
}
