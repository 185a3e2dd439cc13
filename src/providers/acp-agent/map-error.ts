import { notLoggedIn } from './advice.js';
import { AcpError, AUTH_REQUIRED } from '../../acp/acp-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { vendorWords } from '../vendor-words.js';

/** What a turn failed with, for the client. `label` names the agent in it. */
export function mapError(error: unknown, label: string): GatewayError {
  if (error instanceof GatewayError) return error;
  if (!(error instanceof AcpError)) return new GatewayError('cli_failed', `${label} failed.`, { cause: error });
  const { code, message } = error;
  if (isLoginError(error)) return new GatewayError('provider_unavailable', notLoggedIn(label), { cause: error, shouldRetry: false });
  if (code === 429)
    return new GatewayError('provider_rate_limited', `The limit of the account of ${lowered(label)} is reached. Try again later.`, { cause: error, ...retryAfter(message) });
  if (code >= 500 && code < 600) return new GatewayError('upstream_error', vendorMessage(label, message), { cause: error });
  return new GatewayError('cli_failed', `${label} ended the turn with an error.`, { cause: error });
}

/** Positive codes are HTTP statuses of the vendor. */
export function isLoginError(error: unknown): boolean {
  return error instanceof AcpError && [AUTH_REQUIRED, 401, 403].includes(error.code);
}

/** Some agents tell when in words. */
function retryAfter(message: string): { readonly retryAfter?: number } {
  const seconds = Number(/retry (?:after|in) (\d{1,6})(?:\.\d+)? ?s/i.exec(message)?.[1] ?? 0);
  return seconds > 0 ? { retryAfter: seconds } : {};
}

function vendorMessage(label: string, text: string): string {
  const words = vendorWords(text);
  return words === '' ? `The vendor of ${lowered(label)} failed.` : `The vendor of ${lowered(label)}: ${words}`;
}

function lowered(label: string): string {
  return `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}
