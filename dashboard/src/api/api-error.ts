/** The gateway said no, or could not be reached: then the status is 0. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    message: string,
    readonly status: number,
    readonly code: string | null = null,
    readonly param: string | null = null,
  ) {
    super(message);
  }
}

/** What a failed answer says, read from the gateway's error body; a proxy between may have said it in a body of its own. */
export function errorOf(status: number, body: unknown): ApiError {
  const error = isRecord(body) && isRecord(body.error) ? body.error : {};
  return new ApiError(text(error.message) ?? `The gateway answered with status ${status}.`, status, text(error.code), text(error.param));
}

/** Whatever was thrown, as something that can be shown. */
export function shown(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError(thrown instanceof TypeError ? 'The gateway cannot be reached.' : 'Something went wrong on this page.', 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
