import { type GatewayError } from '../../kernel/gateway-error.js';

/** What is over by itself, for somebody who has time. */
const busy: ReadonlySet<string> = new Set(['queue_full', 'session_busy', 'shutting_down', 'concurrency_limit_exceeded']);
/** Over by itself where it says when. */
const timed: ReadonlySet<string> = new Set(['provider_unavailable', 'provider_rate_limited', 'rate_limit_exceeded', 'timeout']);
/** No longer. Seconds. */
const MAX_WAIT = 3600;
/** For so long after it was accepted a job waits for room, and for a provider. Milliseconds. */
const FOR_ROOM_MS = 86_400_000;
const FOR_PROVIDER_MS = 3_600_000;

/**
 * Whether an error says that the same request will do later: there was no room, or a provider is left alone for a while. A turn that began and failed is no such thing.
 *
 * @param ageMs since the request was accepted
 */
export function isPassing({ code, retryAfter, shouldRetry }: GatewayError, ageMs: number): boolean {
  if (busy.has(code)) return ageMs < FOR_ROOM_MS;
  if (!timed.has(code) || retryAfter === undefined || retryAfter > MAX_WAIT) return false;
  // Client libraries are told not to wait longer than a minute; a job can.
  return ageMs < FOR_PROVIDER_MS && (shouldRetry !== false || retryAfter > 60);
}
