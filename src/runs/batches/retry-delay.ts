import { type GatewayError } from '../../kernel/gateway-error.js';

/** So often a request is tried, and no more. */
const MAX_TRIES = 20;
const FIRST_MS = 1000;
const LONGEST_MS = 300_000;

/**
 * How long a request that failed is to wait until it is tried again; undefined where its failure is its result.
 *
 * @param tries how often it was tried
 * @param leftMs until the batch expires. Milliseconds.
 */
export function retryDelay(error: GatewayError, tries: number, leftMs: number): number | undefined {
  if (tries >= MAX_TRIES || !passes(error)) return undefined;
  const ms = error.retryAfter === undefined ? Math.min(LONGEST_MS, FIRST_MS * 2 ** (tries - 1)) : Math.max(FIRST_MS, error.retryAfter * 1000);
  return ms < leftMs ? ms : undefined;
}

/** Whether it passes by itself. A provider that needs a hand does not: it says so by a time that is only the next look's. */
function passes({ code, retryAfter, shouldRetry }: GatewayError): boolean {
  switch (code) {
    case 'provider_rate_limited':
    case 'queue_full':
    case 'session_busy':
      return true;
    case 'provider_unavailable':
      return shouldRetry !== false || (retryAfter ?? 0) > 60;
    case 'timeout':
      return retryAfter !== undefined; // no turn slot became free: nothing was begun
    default:
      return false;
  }
}
