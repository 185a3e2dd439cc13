import { NO_CREDIT, NOT_ALLOWED, NOT_LOGGED_IN } from './advice.js';
import { GatewayError, type GatewayErrorOptions } from '../../kernel/gateway-error.js';
import { vendorWords } from '../vendor-words.js';

/** What the CLI says of a turn that failed: its synthetic `assistant` line and its `result` line together. */
export interface CliFailure {
  /** The HTTP status of the API; absent where there was none. */
  readonly status?: number | undefined;
  /** The class of the error in the CLI's words. */
  readonly error?: string | undefined;
  readonly apiError?: string | undefined;
  readonly subtype?: string | undefined;
  readonly terminalReason?: string | undefined;
  readonly text: string;
  /** When the limit is lifted, in seconds since 1970. */
  readonly resetsAt?: number | undefined;
}

const loginErrors: Readonly<Record<string, string>> = {
  authentication_failed: NOT_LOGGED_IN,
  oauth_org_not_allowed: NOT_ALLOWED,
  billing_error: NO_CREDIT,
};

/** @param model the model that was asked for; @param now milliseconds since 1970 */
export function mapError(failure: CliFailure, model: string, now: number): GatewayError {
  const login = loginMessage(failure);
  const cause = { cause: failure };
  if (failure.terminalReason === 'prompt_too_long' || /^prompt is too long/i.test(failure.text)) {
    return new GatewayError('context_length_exceeded', 'The prompt is longer than the model can take.', { ...cause, param: 'messages' });
  }
  if (login) return new GatewayError('provider_unavailable', login, { ...cause, shouldRetry: false });
  switch (statusOf(failure)) {
    case 429:
      return rateLimited(failure, now, cause);
    case 404:
      return new GatewayError('model_not_found', `Claude has no model "${clip(model)}", or this account may not use it.`, { ...cause, param: 'model' });
    case 413:
      return new GatewayError('payload_too_large', 'The request is larger than the Claude API takes.', cause);
    default:
      return otherError(failure, cause);
  }
}

function statusOf({ status, error }: CliFailure): number | undefined {
  if (error === 'rate_limit') return 429;
  return error === 'model_not_found' ? 404 : status;
}

function otherError({ status, subtype = 'success', text }: CliFailure, cause: GatewayErrorOptions): GatewayError {
  if (status && status >= 400 && status < 500) return new GatewayError('invalid_parameter', vendorMessage(text), cause);
  if (subtype === 'error_max_structured_output_retries') return noStructuredOutput();
  if (subtype !== 'success') return new GatewayError('cli_failed', 'Claude Code ended the turn without an answer.', cause);
  return new GatewayError('upstream_error', vendorMessage(text), cause);
}

export function noStructuredOutput(): GatewayError {
  return new GatewayError('invalid_structured_output', 'The model did not answer by the schema of "response_format".');
}

function loginMessage({ status, error = '' }: Pick<CliFailure, 'status' | 'error'>): string | undefined {
  if (Object.hasOwn(loginErrors, error)) return loginErrors[error];
  if (status === 401) return NOT_LOGGED_IN;
  if (status === 402) return NO_CREDIT;
  return status === 403 ? NOT_ALLOWED : undefined;
}

function rateLimited({ resetsAt }: CliFailure, now: number, cause: GatewayErrorOptions): GatewayError {
  const seconds = resetsAt === undefined ? undefined : Math.ceil(resetsAt - now / 1000);
  return new GatewayError('provider_rate_limited', 'The limit of the account of Claude Code is reached. Try again later.', {
    ...cause,
    ...(seconds !== undefined && seconds > 0 ? { retryAfter: seconds } : {}),
  });
}

/** The vendor's own words, without the CLI's advice to its terminal user and without a path or an address. */
function vendorMessage(text: string): string {
  const words = vendorWords(text.replace(/^API Error:\s*(\d{3}\s+)?/, '').replace(/\s*If it persists, check .*$/s, ''));
  return words === '' ? 'The Claude API failed.' : `The Claude API: ${words}`;
}

function clip(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name;
}
