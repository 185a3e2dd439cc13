import { type HeaderObject } from '@nestjs/swagger';

const header = (description: string, example: string): HeaderObject => ({ description, schema: { type: 'string' }, example });

/** Headers of answers. */
export const componentHeaders: Readonly<Record<string, HeaderObject>> = {
  'X-Request-ID': header(
    "The request's own id where it sent one of `[A-Za-z0-9._-]{1,128}`, else a new one. The log has it in every line.",
    '3178db66-ee2e-4a0d-a3a9-2ef5c10da993',
  ),
  'X-RateLimit-Limit-Requests': header('Requests a minute that the client may make. Only where there is a limit, as the two below.', '60'),
  'X-RateLimit-Remaining-Requests': header('How many of them are left.', '59'),
  'X-RateLimit-Reset-Requests': header('When all of them are there again.', '60s'),
  'Retry-After': header('Seconds to wait, where it is known.', '12'),
  'X-Should-Retry': header('`false`: client libraries are not to try again on their own.', 'false'),
  'X-SheLLM-Provider': header('Who answered.', 'claude'),
  'X-SheLLM-Model': header('The model that ran.', 'sonnet'),
  'X-SheLLM-Fallback': header('`true`: another provider stood in.', 'true'),
  'X-SheLLM-Original-Provider': header('The provider that failed, where another stood in.', 'claude'),
  'X-SheLLM-Original-Error': header('The `code` of its error.', 'provider_unavailable'),
  'X-SheLLM-Session-ID': header('The session of the turn; `X-Claude-Session-ID` has the same.', '3f2b8c1e-9d4a-4c57-8e21-6a0f5b7d1c93'),
  'X-SheLLM-Session-Created': header('`true`: it began with this turn.', 'true'),
  'X-SheLLM-Ignored-Params': header('Parameters that the provider cannot set.', 'temperature, seed'),
  'X-SheLLM-Usage': header('`estimated`: the provider gave no figures.', 'estimated'),
  'X-SheLLM-Cache': {
    description: '`hit`: this is an answer that was kept. `miss`: there was none; it is kept where it ends with `stop`. Not there: the cache had no part in it.',
    schema: { type: 'string', enum: ['hit', 'miss'] },
  },
  'Idempotency-Replayed': header('`true`: this answer was given before, under the same `Idempotency-Key`.', 'true'),
};
