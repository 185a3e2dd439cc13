import { readFacts, mayHoldFacts } from './read-facts.js';
import { redactJson } from './redact-json.js';
import { type Facts } from '../../kernel/answer.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Redactor } from '../../kernel/text-filter.js';

/**
 * A completion, or a vendor's error, that is passed on as bytes: redacted, the very same Buffer where there is nothing to redact.
 *
 * @param observe told once of what the completion says of itself
 * @param list the array that every answer of this kind has; without it any body passes
 * @throws GatewayError `upstream_error` for what is no such answer: a web page, half a document, nothing at all
 */
export function inspectCompletion(body: Buffer, redactor: Redactor, observe: (facts: Facts) => void, list?: string): Buffer {
  if (body.length === 0) throw new GatewayError('upstream_error', 'The provider answered with nothing.');
  const text = body.toString();
  if (list !== undefined || mayHoldFacts(text)) {
    const answer = parse(text);
    if (list !== undefined && !hasList(answer, list)) {
      throw new GatewayError('upstream_error', 'The provider answered with what is not an answer of its API.', { shouldRetry: false });
    }
    observeFacts(answer, observe);
  }
  if (!redactor.suspicious(text)) return body;
  const redacted = redactJson(text, redactor);
  return redacted === text ? body : Buffer.from(redacted);
}

function hasList(answer: unknown, list: string): boolean {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Record<string, unknown>)[list]);
}

const nothing: Facts = {};

function observeFacts(answer: unknown, observe: (facts: Facts) => void): void {
  const facts = readFacts(answer, nothing);
  if (facts !== nothing) observe(facts);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
