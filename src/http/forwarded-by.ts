import { type IncomingHttpHeaders } from 'node:http';

/** The header by which a proxy or tunnel before us shows, whoever has set it; undefined: there is none. */
export function forwardedBy(headers: IncomingHttpHeaders): string | undefined {
  for (const name in headers) if (name.startsWith('x-forwarded-') || name.startsWith('cf-') || name === 'forwarded') return name;
  return undefined;
}
