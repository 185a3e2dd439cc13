import { type Redactor } from '../kernel/text-filter.js';

/** The values of a vendor's headers without secrets; the same object where there are none. */
export function redactHeaders(headers: Readonly<Record<string, string>>, redactor: Redactor): Readonly<Record<string, string>> {
  let clean: Record<string, string> | undefined;
  for (const name in headers) {
    const value = headers[name] ?? '';
    const redacted = redactor.redact(value);
    if (redacted !== value) (clean ??= { ...headers })[name] = redacted;
  }
  return clean ?? headers;
}
