import { NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { type TurnError } from './protocol.js';
import { GatewayError, type GatewayErrorOptions } from '../../kernel/gateway-error.js';
import { vendorWords } from '../vendor-words.js';

/** What a failed turn is about, by the CLI's word for it. */
const statuses: Readonly<Record<string, number>> = {
  contextWindowExceeded: 413,
  sessionBudgetExceeded: 429,
  usageLimitExceeded: 429,
  rateLimitExceeded: 429,
  flexUnavailable: 503,
  serverOverloaded: 503,
  policyCapacityUnavailable: 503,
  modelNotFound: 404,
  internalServerError: 500,
  unauthorized: 401,
  badRequest: 400,
  cyberPolicy: 400,
  misalignmentPolicyViolation: 400,
};

/**
 * What a failed turn is to our client.
 *
 * @param model the model that was asked for; @param retryAfter whole seconds until the account's limit is lifted, where that is known
 */
export function mapError(error: TurnError, model: string, retryAfter?: number): GatewayError {
  const cause = { cause: error };
  switch (statusOf(error)) {
    case 413:
      return new GatewayError('context_length_exceeded', 'The prompt is longer than the model can take.', { ...cause, param: 'messages' });
    case 429:
      return new GatewayError('provider_rate_limited', 'The limit of the account of Codex CLI is reached. Try again later.', {
        ...cause,
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
    case 404:
      return new GatewayError('model_not_found', `Codex has no model "${model.slice(0, 80)}", or this account may not use it.`, { ...cause, param: 'model' });
    case 401:
      return new GatewayError('provider_unavailable', NOT_LOGGED_IN, { ...cause, shouldRetry: false });
    case 403:
      return new GatewayError('provider_unavailable', NOT_ALLOWED, { ...cause, shouldRetry: false });
    case 400:
      return refused(error, cause);
    default:
      return new GatewayError('upstream_error', vendorMessage(error), cause);
  }
}

/** The HTTP status that says what happened; undefined where nobody answered. */
export function statusOf({ codexErrorInfo: info, message = '' }: TurnError): number | undefined {
  if (typeof info === 'string') return statuses[info] ?? statusInBody(message);
  const told = Object.values(info ?? {})[0]?.httpStatusCode;
  return told ?? undefined;
}

/** The CLI has no word for a 400: its message is the vendor's body then. */
function statusInBody(message: string): number | undefined {
  return vendorError(message) === undefined ? undefined : 400;
}

function refused(error: TurnError, cause: GatewayErrorOptions): GatewayError {
  const { code, message } = vendorError(error.message ?? '') ?? {};
  if (code === 'context_length_exceeded') return new GatewayError('context_length_exceeded', 'The prompt is longer than the model can take.', { ...cause, param: 'messages' });
  return new GatewayError('invalid_parameter', message === undefined ? vendorMessage(error) : `The OpenAI API: ${vendorWords(message)}`, cause);
}

function vendorError(text: string): { readonly code?: string; readonly message?: string } | undefined {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: string; readonly message?: string } };
    return typeof error === 'object' ? error : undefined;
  } catch {
    return undefined;
  }
}

/** The vendor's own words, without the CLI's advice to its terminal user. */
function vendorMessage({ message = '' }: TurnError): string {
  const words = vendorWords(message.replace(/^Reconnecting\.\.\. .*$/s, ''));
  return words === '' ? 'The OpenAI API failed.' : `The OpenAI API: ${words}`;
}
