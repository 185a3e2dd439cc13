import { catchError, type MonoTypeOperatorFunction, throwError } from 'rxjs';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Redactor } from '../kernel/text-filter.js';

/** A vendor's words reach the client in errors too: the same rules clean them. */
export function redactFailure<T>(redactor: Redactor): MonoTypeOperatorFunction<T> {
  return catchError((error: unknown) => throwError(() => (error instanceof GatewayError ? redacted(error, redactor) : error)));
}

function redacted(error: GatewayError, redactor: Redactor): GatewayError {
  const message = redactor.redact(error.message);
  if (message === error.message) return error;
  const { code, param, retryAfter, shouldRetry, headers, vendor, ofModel, cause } = error;
  return new GatewayError(code, message, {
    cause,
    ofModel,
    ...(param === undefined ? {} : { param }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(shouldRetry === undefined ? {} : { shouldRetry }),
    ...(headers === undefined ? {} : { headers }),
    ...(vendor === undefined ? {} : { vendor }),
  });
}
