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
 * Errors: `output_limit_exceeded` for a body of over 64 MB.
 */
export function inspectCompletion(redactor: Redactor, observe: (facts: Facts) => void): OperatorFunction<Buffer, Buffer> {
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
          if (first) subscriber.next(inspect(pieces.length === 1 ? first : Buffer.concat(pieces), redactor, observe));
          subscriber.complete();
        },
      });
    });
}

function inspect(body: Buffer, redactor: Redactor, observe: (facts: Facts) => void): Buffer {
  // Every character that matters is ASCII: one byte a character is enough to look.
  const wire = body.toString('latin1');
  if (mayHoldFacts(wire)) observeFacts(body, observe);
  if (!redactor.suspicious(wire)) return body;
  const text = body.toString();
  const redacted = redactJson(text, redactor);
  return redacted === text ? body : Buffer.from(redacted);
}

function observeFacts(body: Buffer, observe: (facts: Facts) => void): void {
  const facts = readFacts(parse(body.toString()), {});
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
