import { NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { type TurnError } from './protocol.js';
import { GatewayError, type GatewayErrorOptions } from '../../kernel/gateway-error.js';
import { fieldsOf, textOf } from '../../kernel/read-value.js';
import { vendorWords } from '../vendor-words.js';

/** What a failed turn is about, by the CLI's word for it. */
const statuses: ReadonlyMap<string, number> = new Map(
  Object.entries({
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
  }),
);

/**
 * What a failed turn is to our client.
 *
 * @param model the model that was asked for; @param retryAfter whole seconds until the account's limit is lifted, where that is known
 */
export function mapError(error: TurnError, model: string, retryAfter?: number): GatewayError {
  const cause = { cause: error };
  if (error.codexErrorInfo === 'contextWindowExceeded') return tooLong(cause);
  const status = statusOf(error);
  if (status !== undefined && isRefusal(status)) return refused(error, cause);
  switch (status) {
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
    case 413:
      return new GatewayError('payload_too_large', vendorMessage(error), cause);
    default:
      return new GatewayError('upstream_error', vendorMessage(error), cause);
  }
}

/** A 4xx that has no meaning of its own; a 408 is the network's. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 403, 404, 408, 413, 429].includes(status);
}

function tooLong(cause: GatewayErrorOptions): GatewayError {
  return new GatewayError('context_length_exceeded', 'The prompt is longer than the model can take.', { ...cause, param: 'messages' });
}

/** The HTTP status that says what happened; undefined where nobody answered. */
export function statusOf({ codexErrorInfo: info, message }: TurnError): number | undefined {
  if (typeof info === 'string') return statuses.get(info) ?? statusInBody(textOf(message) ?? '');
  const told = fieldsOf(Object.values(fieldsOf(info))[0])['httpStatusCode'];
  return typeof told === 'number' ? told : undefined;
}

/** The CLI has no word for a 400: its message is the vendor's body then. */
function statusInBody(message: string): number | undefined {
  return vendorError(message) === undefined ? undefined : 400;
}

function refused(error: TurnError, cause: GatewayErrorOptions): GatewayError {
  const { code, message } = vendorError(textOf(error.message) ?? '') ?? {};
  if (code === 'context_length_exceeded') return tooLong(cause);
  return new GatewayError('invalid_parameter', message === undefined ? vendorMessage(error) : `The OpenAI API: ${vendorWords(message)}`, cause);
}

function vendorError(text: string): { readonly code: string | undefined; readonly message: string | undefined } | undefined {
  try {
    const { error } = fieldsOf(JSON.parse(text));
    if (typeof error !== 'object') return undefined;
    const { code, message } = fieldsOf(error);
    return { code: textOf(code), message: textOf(message) };
  } catch {
    return undefined;
  }
}

/** The vendor's own words, without what the CLI puts around them: `unexpected status 503 Service Unavailable: …, url: …, request id: …`. */
function vendorMessage({ message }: TurnError): string {
  const own = (textOf(message) ?? '').replace(/^Reconnecting\.\.\. .*$/s, '').replace(/^unexpected status [^:]*: (.*), url: .*$/s, '$1');
  const words = vendorWords(own);
  return words === '' ? 'The OpenAI API failed.' : `The OpenAI API: ${words}`;
}
