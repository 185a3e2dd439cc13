import { KEY_REFUSED, NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { type AuthType } from './login.js';
import { retryAfterOf } from './retry-after.js';
import { AcpError, AUTH_REQUIRED } from '../../acp/acp-error.js';
import { GatewayError, type GatewayErrorOptions } from '../../kernel/gateway-error.js';
import { vendorWords } from '../vendor-words.js';

/**
 * What a failed turn is to our client. The CLI's code is the HTTP status of the vendor where it is positive.
 *
 * @param model the model that was asked for
 */
export function mapError(error: unknown, model: string, auth: AuthType): GatewayError {
  if (error instanceof GatewayError) return error;
  return error instanceof AcpError ? mapRefusal(error, model, auth) : new GatewayError('cli_failed', 'Gemini CLI failed.', { cause: error });
}

function mapRefusal(error: AcpError, model: string, auth: AuthType): GatewayError {
  const cause = { cause: error };
  const message = messageOf(error.message);
  const status = statusOf(error);
  if (isRefusal(status)) return refused(message, cause);
  switch (status) {
    case 401:
    case 403:
      return unavailable(status === 403 ? NOT_ALLOWED : badLogin(auth), cause);
    case 404:
      return new GatewayError('model_not_found', `Gemini has no model "${model.slice(0, 80)}", or this account may not use it.`, { ...cause, param: 'model' });
    case 429:
      return rateLimited(message, cause);
    case 413:
      return new GatewayError('payload_too_large', vendorMessage(message), cause);
    case 0:
      return new GatewayError('cli_failed', 'Gemini CLI refused the turn.', cause);
    default:
      return new GatewayError('upstream_error', vendorMessage(message), cause);
  }
}

/** What to do where the vendor does not take the login. */
export function badLogin(auth: AuthType): string {
  return auth === 'oauth-personal' ? NOT_LOGGED_IN : KEY_REFUSED;
}

function unavailable(message: string, cause: GatewayErrorOptions): GatewayError {
  return new GatewayError('provider_unavailable', message, { ...cause, shouldRetry: false });
}

/** A 4xx that has no meaning of its own; a 408 is the network's, a 499 that of a caller who left. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 408, 413, 429, 499].includes(status);
}

/** The HTTP status that says what happened; 0: the CLI itself refused. */
function statusOf({ code, message }: AcpError): number {
  if (code === AUTH_REQUIRED) return 401;
  if (code < 0) return 0;
  // The CLI makes a 500 of what is none; the second is what Google says to a login.
  if (code === 500 && /is not found for API version|^Requested entity was not found/.test(message)) return 404;
  return code === 400 && /API key not valid|API_KEY_INVALID|invalid_grant|invalid_rapt/.test(message) ? 401 : code;
}

function rateLimited(message: string, cause: GatewayErrorOptions): GatewayError {
  const retryAfter = retryAfterOf(message);
  return new GatewayError('provider_rate_limited', 'The limit of the account of Gemini CLI is reached. Try again later.', {
    ...cause,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  });
}

function refused(message: string, cause: GatewayErrorOptions): GatewayError {
  if (/exceeds the maximum number of tokens|input token count/i.test(message)) {
    return new GatewayError('context_length_exceeded', 'The prompt is longer than the model can take.', { ...cause, param: 'messages' });
  }
  return new GatewayError('invalid_parameter', vendorMessage(message), cause);
}

/** The CLI hands on the vendor's whole body now and then. */
function messageOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: unknown } };
    return typeof error?.message === 'string' ? error.message : text;
  } catch {
    return text;
  }
}

function vendorMessage(message: string): string {
  if (message.includes('fetch failed')) return 'The Gemini API cannot be reached.';
  const words = message === 'terminated' ? '' : vendorWords(message);
  return words === '' ? 'The Gemini API failed.' : `The Gemini API: ${words}`;
}
