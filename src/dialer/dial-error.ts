/**
 * Why a request was not made or not answered.
 * `url`: not http or https, or with a user name. `address`: its host is not public and not listed, or there is no such host: which of the two is not for a stranger to know.
 */
type DialFailure = 'url' | 'address' | 'unreachable' | 'redirect' | 'too-large' | 'timeout';

/** A failed request to an address that a client named. */
export class DialError extends Error {
  override readonly name = 'DialError';

  constructor(
    readonly failure: DialFailure,
    cause?: unknown,
  ) {
    super(`The request failed: ${failure}.`, { cause });
  }
}

/** The {@link DialError} in what a socket or an HTTP client made of it. */
export function toDialError(error: unknown): DialError {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth++) if (at instanceof DialError) return at;
  return new DialError('unreachable', error);
}
