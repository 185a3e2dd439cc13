import { GatewayError, type VendorWords } from '../kernel/gateway-error.js';
import { type Redactor } from '../kernel/text-filter.js';
import { redactHeaders } from '../redaction/redact-headers.js';

/** A vendor's words reach the client in errors too: the same rules clean them. Without secrets in its message, in a vendor's names and in its headers. Its cause is for the log, which is clean by itself. */
export function redactError(error: unknown, redactor: Redactor): unknown {
  if (!(error instanceof GatewayError)) return error;
  const { code, message, param, retryAfter, shouldRetry, headers, vendor, ofModel, cause } = error;
  return new GatewayError(code, redactor.redact(message), {
    cause,
    ofModel,
    ...(param === undefined ? {} : { param: redactor.redact(param) }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
    ...(shouldRetry === undefined ? {} : { shouldRetry }),
    ...(headers === undefined ? {} : { headers: redactHeaders(headers, redactor) }),
    ...(vendor === undefined ? {} : { vendor: redactVendor(vendor, redactor) }),
  });
}

function redactVendor({ status, type, code }: VendorWords, redactor: Redactor): VendorWords {
  return { status, type: redactor.redact(type), code: code === null ? null : redactor.redact(code) };
}
