import { KEY_REFUSED, NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { type AuthType } from './login.js';
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
  if (!(error instanceof AcpError)) return new GatewayError('cli_failed', 'Gemini CLI failed.', { cause: error });
  const cause = { cause: error };
  const message = messageOf(error.message);
  switch (statusOf(error, message)) {
    case 401:
      return new GatewayError('provider_unavailable', auth === 'oauth-personal' ? NOT_LOGGED_IN : KEY_REFUSED, { ...cause, shouldRetry: false });
    case 403:
      return new GatewayError('provider_unavailable', NOT_ALLOWED, { ...cause, shouldRetry: false });
    case 404:
      return new GatewayError('model_not_found', `Gemini has no model "${model.slice(0, 80)}", or this account may not use it.`, { ...cause, param: 'model' });
    case 429:
      return rateLimited(message, cause);
    case 400:
      return refused(message, cause);
    case 0:
      return new GatewayError('cli_failed', 'Gemini CLI refused the turn.', cause);
    default:
      return new GatewayError('upstream_error', vendorMessage(message), cause);
  }
}

/** The HTTP status that says what happened; 0: the CLI itself refused. */
function statusOf({ code }: AcpError, message: string): number {
  if (code === AUTH_REQUIRED) return 401;
  if (code < 0) return 0;
  // The CLI makes a 500 of what is none.
  if (code === 500 && /^models\/\S+ is not found|is not found for API version/.test(message)) return 404;
  return code === 400 && /API key not valid|API_KEY_INVALID|invalid_grant|invalid_rapt/.test(message) ? 401 : code;
}

function rateLimited(message: string, cause: GatewayErrorOptions): GatewayError {
  const seconds = /retry (?:after|in) (\d+(?:\.\d+)?)s/i.exec(message)?.[1];
  return new GatewayError('provider_rate_limited', 'The limit of the account of Gemini CLI is reached. Try again later.', {
    ...cause,
    ...(seconds === undefined ? {} : { retryAfter: Math.max(1, Math.ceil(Number(seconds))) }),
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
