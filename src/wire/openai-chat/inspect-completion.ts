import { Observable, type OperatorFunction } from 'rxjs';
import { mayHoldFacts, readFacts } from './read-facts.js';
import { redactJson } from './redact-json.js';
import { type Facts } from '../../kernel/answer.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Redactor } from '../../kernel/text-filter.js';

/**
 * The tap on a completion, or a vendor's error, that is passed on as bytes. It comes out as one Buffer, the very same one where it came as one and
 * there is nothing to redact.
 *
 * @param observe told once of what the completion says of itself
 * @param list the array that every answer of this kind has; without it any body passes
 * Errors: `output_limit_exceeded` for a body of over 64 MB, `upstream_error` for one that is no such answer: a web page, half a document.
 */
export function inspectCompletion(redactor: Redactor, observe: (facts: Facts) => void, list?: string): OperatorFunction<Buffer, Buffer> {
  return (bytes) =>
    new Observable((subscriber) => {
      const pieces: Buffer[] = [];
      let length = 0;
      return bytes.subscribe({
        next: (piece) => {
          pieces.push(piece);
          length += piece.length;
          if (length > MAX_BODY_BYTES) subscriber.error(new GatewayError('output_limit_exceeded', 'The provider sent an answer that is too large.', { shouldRetry: false }));
        },
        error: (error: unknown) => {
          subscriber.error(error);
        },
        complete: () => {
          const [first] = pieces;
          const body = first && (pieces.length === 1 ? first : Buffer.concat(pieces));
          const inspected = body && inspect(body, redactor, observe, list);
          if (body && !inspected) {
            subscriber.error(new GatewayError('upstream_error', 'The provider answered with what is not an answer of its API.', { shouldRetry: false }));
            return;
          }
          if (inspected) subscriber.next(inspected);
          subscriber.complete();
        },
      });
    });
}

/** @returns undefined where it is no answer */
function inspect(body: Buffer, redactor: Redactor, observe: (facts: Facts) => void, list: string | undefined): Buffer | undefined {
  // Every character that matters is ASCII: one byte a character is enough to look.
  const wire = body.toString('latin1');
  if (list !== undefined || mayHoldFacts(wire)) {
    const answer = parse(body.toString());
    if (list !== undefined && !hasList(answer, list)) return undefined;
    observeFacts(answer, observe);
  }
  if (!redactor.suspicious(wire)) return body;
  const text = body.toString();
  const redacted = redactJson(text, redactor);
  return redacted === text ? body : Buffer.from(redacted);
}

function hasList(answer: unknown, list: string): boolean {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Record<string, unknown>)[list]);
}

function observeFacts(answer: unknown, observe: (facts: Facts) => void): void {
  const facts = readFacts(answer, {});
  if (Object.keys(facts).length > 0) observe(facts);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const MAX_BODY_BYTES = 64 * 1024 ** 2;
