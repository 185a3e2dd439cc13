/** What the headers of an answer tell of who gave it. */
export interface Served {
  readonly requestId: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly cache: string | null;
  /** Who was to answer, and why it did not. */
  readonly insteadOf: string | null;
  readonly ignored: string | null;
  readonly estimated: boolean;
  readonly retryAfter: string | null;
}

export function servedOf(headers: Headers): Served {
  const [instead, why] = [headers.get('x-shellm-original-provider'), headers.get('x-shellm-original-error')];
  return {
    requestId: headers.get('x-request-id'),
    provider: headers.get('x-shellm-provider'),
    model: headers.get('x-shellm-model'),
    cache: headers.get('x-shellm-cache'),
    insteadOf: instead === null ? null : `${instead} (${why ?? 'failed'})`,
    ignored: headers.get('x-shellm-ignored-params'),
    estimated: headers.get('x-shellm-usage') === 'estimated',
    retryAfter: headers.get('retry-after'),
  };
}
