/** What may be shown of a secret: whose it is, never what it is. */
export function mask(secret: string): string {
  if (URL.canParse(secret) && secret.includes('://')) {
    const url = new URL(secret);
    if (url.password !== '') url.password = '…';
    // A query may hold one too: `?password=…`.
    if (url.search !== '') url.search = '?…';
    return decodeURI(url.href);
  }
  const names = namesIn(secret);
  if (names) return names.length === 0 ? '{}' : `keys of ${names.join(', ')}`;
  return /^[\w.+/=-]{20,}$/.test(secret) ? `…${secret.slice(-4)}` : '…';
}

/** Of `SHELLM_CLIENTS`: the clients. */
function namesIn(secret: string): readonly string[] | undefined {
  try {
    const value = JSON.parse(secret) as unknown;
    return typeof value === 'object' && value !== null ? Object.keys(value) : undefined;
  } catch {
    return undefined;
  }
}
