/** Every way in which a request can fail, and the OpenAI `type` it is reported under (contract, section 5). Its HTTP status is kernel/status-of.ts. */
export const errorTypes = {
  invalid_json: 'invalid_request_error',
  invalid_parameter: 'invalid_request_error',
  invalid_header_value: 'invalid_request_error',
  unsupported_parameter: 'invalid_request_error',
  unsupported_operation: 'invalid_request_error',
  context_length_exceeded: 'invalid_request_error',
  invalid_api_key: 'authentication_error',
  model_not_allowed: 'permission_error',
  insufficient_scope: 'permission_error',
  origin_not_allowed: 'permission_error',
  model_not_found: 'invalid_request_error',
  session_not_found: 'invalid_request_error',
  not_found: 'invalid_request_error',
  method_not_allowed: 'invalid_request_error',
  unsupported_media_type: 'invalid_request_error',
  session_busy: 'conflict_error',
  idempotency_conflict: 'conflict_error',
  payload_too_large: 'invalid_request_error',
  rate_limit_exceeded: 'rate_limit_error',
  concurrency_limit_exceeded: 'rate_limit_error',
  budget_exceeded: 'rate_limit_error',
  provider_rate_limited: 'rate_limit_error',
  internal_error: 'api_error',
  cli_failed: 'api_error',
  upstream_error: 'api_error',
  output_limit_exceeded: 'api_error',
  invalid_structured_output: 'api_error',
  loop_detected: 'api_error',
  provider_unavailable: 'api_error',
  queue_full: 'api_error',
  shutting_down: 'api_error',
  timeout: 'api_error',
} as const;

export type ErrorCode = keyof typeof errorTypes;

/** A vendor's own refusal: its status, and the names in its body. */
export interface VendorWords {
  readonly status: number;
  readonly type: string;
  readonly code: string | null;
}

export interface GatewayErrorOptions {
  /** The parameter or header at fault, by its wire name (`messages[2].content[0]`). */
  readonly param?: string;
  /** Whole seconds until a new try can succeed: the `Retry-After` header. */
  readonly retryAfter?: number;
  /** `false`: client libraries must not try again on their own (`x-should-retry`). Left out: they may decide. */
  readonly shouldRetry?: false;
  /** Headers that go out with it, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** How a vendor put its own refusal: its status takes the place of ours, and in OpenAI's form its names do. */
  readonly vendor?: VendorWords;
  /** The model did what it was not to do: that says nothing of whether its provider is up. */
  readonly ofModel?: boolean;
  /** What really happened: for the log, never for the client. */
  readonly cause?: unknown;
}

/** A turn was spent, and would be again: client libraries must not repeat it on their own. */
const neverRetried: ReadonlySet<ErrorCode> = new Set(['cli_failed', 'output_limit_exceeded', 'invalid_structured_output', 'budget_exceeded']);
/** A provider that is down is looked at again within a minute. Seconds. */
const UNAVAILABLE_FOR = 60;

/** The one error type of the gateway. Its message is written for the client: no path, no secret, no stack. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly param: string | undefined;
  readonly retryAfter: number | undefined;
  readonly shouldRetry: false | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly vendor: VendorWords | undefined;
  readonly ofModel: boolean;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: GatewayErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.param = options.param;
    this.headers = options.headers;
    this.vendor = options.vendor;
    this.ofModel = options.ofModel ?? false;
    this.retryAfter = options.retryAfter ?? (code === 'provider_unavailable' ? UNAVAILABLE_FOR : undefined);
    // A client library that waits a minute on its own looks like a hang to its user.
    this.shouldRetry = options.shouldRetry ?? (neverRetried.has(code) || (options.retryAfter ?? 0) > 60 ? false : undefined);
  }
}

/** The model calls a function that the request does not offer. */
export function unofferedFunction(name: string): GatewayError {
  return new GatewayError('upstream_error', `The model called the function "${name.slice(0, 80)}", which the request does not offer.`, { shouldRetry: false, ofModel: true });
}

/** The one door for errors that are not ours: anything that is no GatewayError becomes an `internal_error` that keeps its cause. */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  return new GatewayError('internal_error', 'The gateway failed to handle the request.', { cause: error });
}
