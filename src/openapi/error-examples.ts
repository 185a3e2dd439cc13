import { type ErrorCode, GatewayError, type GatewayErrorOptions } from '../kernel/gateway-error.js';

/** Each error, as the gateway says it. */
export const errorExamples: Readonly<Record<ErrorCode, GatewayError>> = {
  ...said('invalid_json', 'The request body is not valid JSON.'),
  ...said('invalid_parameter', "Invalid value for 'messages': must hold at least one message.", { param: 'messages' }),
  ...said('invalid_header_value', 'X-SheLLM-Session-ID must be a UUID or "new".', { param: 'X-SheLLM-Session-ID' }),
  ...said('unsupported_parameter', 'Claude Code cannot answer more than one choice: leave "n" out, or name another provider.', { param: 'n' }),
  ...said('unsupported_operation', 'Only API providers make embeddings, and "claude/sonnet" leads to none. Name one of them.', { param: 'model' }),
  ...said('context_length_exceeded', 'The prompt is longer than the model takes.', { param: 'messages' }),
  ...said('invalid_api_key', 'A key is missing or wrong. Send "Authorization: Bearer KEY" or "x-api-key: KEY".'),
  ...said('model_not_allowed', 'This key may not use claude/opus.', { param: 'model' }),
  ...said('insufficient_scope', 'This needs a key with the scope "admin".'),
  ...said('origin_not_allowed', 'Pages of https://elsewhere.example may not use this gateway.', { param: 'Origin' }),
  ...said('model_not_found', 'Claude has no model "opos". There is: sonnet, opus, haiku.', { param: 'model' }),
  ...said('session_not_found', 'There is no such session. Begin one with X-SheLLM-Session-ID: new.', { param: 'X-SheLLM-Session-ID' }),
  ...said('not_found', 'There is nothing of this id.'),
  ...said('method_not_allowed', 'This endpoint takes POST.'),
  ...said('session_busy', 'Another turn of this session runs.', { param: 'X-SheLLM-Session-ID', retryAfter: 5 }),
  ...said('idempotency_conflict', 'This Idempotency-Key was used for another request.', { param: 'Idempotency-Key' }),
  ...said('payload_too_large', 'The request body is over 1 MB.'),
  ...said('unsupported_media_type', 'Send the body as application/json.'),
  ...said('rate_limit_exceeded', 'Over 60 requests a minute.', { retryAfter: 12 }),
  ...said('concurrency_limit_exceeded', 'This key has 4 requests under way, and may have no more.', { retryAfter: 1 }),
  ...said('budget_exceeded', 'The budget of this key is spent. It begins anew on 2027-01-01T00:00:00Z.', { retryAfter: 86_400 }),
  ...said('provider_rate_limited', 'Claude: the limit of this subscription is used up.', { retryAfter: 1800 }),
  ...said('internal_error', 'Something went wrong in the gateway.'),
  ...said('cli_failed', 'Claude Code ended before its answer did.'),
  ...said('upstream_error', 'OpenAI answered with the status 500.'),
  ...said('output_limit_exceeded', 'The provider said more than the gateway takes.'),
  ...said('invalid_structured_output', 'The answer does not keep to the schema: /city is missing.'),
  ...said('provider_unavailable', 'Claude is not logged in. Run "claude" as the user of the gateway and log in with /login.'),
  ...said('queue_full', 'All turn slots and all places to wait are taken.', { retryAfter: 5 }),
  ...said('shutting_down', 'The gateway is about to end.', { retryAfter: 5 }),
  ...said('timeout', 'The provider gave no sign of life for 120 seconds.'),
  ...said('loop_detected', 'This request came from this gateway itself: OPENAI_BASE_URL leads back to it.'),
};

function said<Code extends ErrorCode>(code: Code, message: string, options: GatewayErrorOptions = {}): Record<Code, GatewayError> {
  return { [code]: new GatewayError(code, message, options) } as Record<Code, GatewayError>;
}
