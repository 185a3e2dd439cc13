import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type KeyedRequest } from '../../idempotency/kept-answer.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type GatewayRequest } from '../gateway-request.js';

/** Bytes. */
const LONG = 1024 ** 2;
const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
/** Headers that change what a request means. */
const MEANING = ['x-shellm-provider', 'x-claude-code', 'x-claude-session-id', 'x-shellm-session-id', 'x-openai-api-key'] as const;

/**
 * The client's own name for its request; undefined where it gave none.
 *
 * @throws GatewayError `invalid_header_value`
 */
export function idempotencyKeyOf(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && VISIBLE_ASCII.test(key)) return key;
  throw new GatewayError('invalid_header_value', 'Idempotency-Key must be 1 to 255 visible ASCII characters.', { param: 'Idempotency-Key' });
}

/** The request under its key, with a hash of all that decides on its answer. */
export function keyedRequest(key: string, { client, headers, method, routeOptions, body }: GatewayRequest): KeyedRequest {
  const asked = JSON.stringify([method, routeOptions.url, MEANING.map((name) => headers[name] ?? null), body], isLong(headers) ? undefined : inOrder);
  return { owner: client.id, key, fingerprint: createHash('sha256').update(asked).digest('base64url') };
}

/** To put the fields of megabytes in order would hold up everybody. */
function isLong({ 'content-length': length }: IncomingHttpHeaders): boolean {
  return !(Number(length) < LONG);
}

/** The same JSON may come with its fields in another order. */
function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
