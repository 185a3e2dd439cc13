import { type IncomingHttpHeaders } from 'node:http';

/** The key that a request shows: of `Authorization: Bearer KEY` where there is one, else of `x-api-key`. One that is given twice is no key. */
export function presentedKey(headers: IncomingHttpHeaders): string | undefined {
  const { authorization } = headers;
  if (authorization !== undefined && /^bearer /i.test(authorization)) return authorization.slice(7).trim();
  const key = headers['x-api-key'];
  return typeof key === 'string' ? key : undefined;
}
