import { type IncomingHttpHeaders } from 'node:http';
import { isSameHost } from './origin-policy.js';

const NAME = 'shellm_dashboard';
const pattern = new RegExp(`(?:^|; *)${NAME}=([\\w.-]{1,1024})(?:;|$)`);

/**
 * The pass that a request of the dashboard's pages brings along. Browsers send cookies whoever made the request, so it counts only with the header that pages of
 * other origins cannot set, without another credential, and from no other origin: listed ones neither.
 */
export function dashboardPassOf(headers: IncomingHttpHeaders): string | undefined {
  const { cookie, authorization } = headers;
  if (cookie === undefined || headers['x-shellm-dashboard'] !== '1') return undefined;
  if (authorization !== undefined || headers['x-api-key'] !== undefined || !isOfOwnPage(headers)) return undefined;
  return pattern.exec(cookie)?.[1];
}

/** Whether no page of another origin can have made the request, as browsers tell it (https://www.w3.org/TR/fetch-metadata/). */
export function isOfOwnPage({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || (host !== undefined && isSameHost(origin, host));
}

/** `Set-Cookie` that signs in with a pass, or out with an empty one. @param seconds it stays */
export function dashboardCookie(pass: string, seconds: number, secure: boolean): string {
  return `${NAME}=${pass}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}
