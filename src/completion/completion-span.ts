import { type CompletionCall } from './completion-call.js';
import { type WireFormat } from '../kernel/answer.js';
import { type FinishReason } from '../kernel/stream-event.js';
import { type RequestContext } from '../observability/request-context.js';
import { genAiProvider } from '../observability/tracing/gen-ai-provider.js';
import { type Span } from '../observability/tracing/span.js';
import { type UsageRow } from '../usage/usage-row.js';

/** The span of a completion, from its first moment to its row in the ledger. */
export function beginCompletion(context: RequestContext): Span | undefined {
  context.completion = context.span?.child('chat', 'internal');
  context.span = context.completion ?? context.span;
  return context.completion;
}

const operations: Readonly<Partial<Record<WireFormat, string>>> = { 'openai-embeddings': 'embeddings', 'openai-completions': 'text_completion' };

/** Says what it took, as its row has it: by OpenTelemetry's GenAI conventions (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/). */
export function endCompletion(span: Span, row: UsageRow, { format }: Pick<CompletionCall, 'format'>, reason: FinishReason | undefined): void {
  const operation = (format && operations[format]) ?? 'chat';
  span.rename(row.model === null ? operation : `${operation} ${row.model}`);
  span.end(
    {
      'gen_ai.operation.name': operation,
      'gen_ai.provider.name': row.provider === null ? null : genAiProvider(row.provider),
      'gen_ai.request.model': row.model,
      'gen_ai.response.model': row.model,
      'gen_ai.usage.input_tokens': row.prompt_tokens,
      'gen_ai.usage.output_tokens': row.completion_tokens,
      'gen_ai.response.finish_reasons': reason && [reason],
      'shellm.provider': row.provider,
      'shellm.client': row.client_name,
      'shellm.usage.estimated': row.estimated === 1,
      'shellm.cache': row.cache,
      'shellm.fallback.from': row.fallback_from,
      'shellm.time_to_first_token_ms': row.ttft_ms,
    },
    row.error ?? undefined,
  );
}
