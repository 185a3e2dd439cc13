import { decodeError } from '../../wire/openai-chat/decode-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';

export interface UpstreamFailure {
  readonly status: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
  /** The vendor's that a client may see. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whose key was sent. */
  readonly key: 'client' | 'gateway' | 'none';
}

/**
 * What a vendor's error is to our client (contract, sections 5 and 6), or undefined where it passes unchanged:
 * 4xx other than 401, 403 and 429 is the client's own affair.
 */
export function mapUpstreamError(vendor: string, failure: UpstreamFailure): GatewayError | undefined {
  const { status, body } = failure;
  if (status === 401 || status === 403) return keyRefused(vendor, failure);
  if (status === 429) return rateLimited(vendor, failure);
  if (status === 508) return new GatewayError('loop_detected', decodeError(body).message ?? `${vendor} leads back to where the request came from.`, { shouldRetry: false });
  if (status >= 500) return new GatewayError('upstream_error', decodeError(body).message ?? `${vendor} answered with status ${status}.`);
  if (status >= 400) return undefined;
  return new GatewayError('upstream_error', `${vendor} answered with the unexpected status ${status}.`);
}

function keyRefused(vendor: string, { key }: UpstreamFailure): GatewayError | undefined {
  if (key === 'client') return undefined;
  const what = key === 'gateway' ? "refused the gateway's API key. The operator has to check it." : 'asks for an API key. The operator has to set one.';
  return new GatewayError('provider_unavailable', `${vendor} ${what}`, { shouldRetry: false });
}

function rateLimited(vendor: string, { body, retryAfter, headers }: UpstreamFailure): GatewayError {
  const seconds = secondsOf(retryAfter);
  return new GatewayError(
    'provider_rate_limited',
    decodeError(body).message ?? `${vendor} limits the rate of requests.`,
    seconds === undefined ? { headers } : { headers, retryAfter: seconds },
  );
}

/** `Retry-After` in either of its forms (RFC 9110, section 10.2.3), in whole seconds. */
function secondsOf(retryAfter: string | undefined): number | undefined {
  if (retryAfter === undefined) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(retryAfter)) return Number(retryAfter);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
