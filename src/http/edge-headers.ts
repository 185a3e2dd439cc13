import helmet from 'helmet';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { isAnthropicPath } from './speaks-anthropic.js';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI brings its scripts and styles along, some of them inline. */
const DOCS_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";
/** The pages that `npm run build` makes: all of them files of ours. */
const DASHBOARD_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * Helmet's headers, asked for once: as a hook it sets each of them on every response by itself, which made a request cost half as much again. The policy of
 * contents differs by path, below; TLS stands before the gateway, and is to be insisted on there.
 */
const helmetHeaders = headersSetBy(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, xFrameOptions: { action: 'deny' } }));

/** The headers of every answer, errors and streams too. Nothing the gateway says is to be kept, sniffed, framed or run; the documentation's and the dashboard's pages bring a policy of their own. */
export function edgeHeaders(requestId: string, url: string): Record<string, string> {
  return {
    ...helmetHeaders,
    'x-request-id': requestId,
    ...(isAnthropicPath(url) ? { 'request-id': requestId } : {}),
    'cache-control': 'no-store',
    'content-security-policy': policyOf(url),
  };
}

function policyOf(url: string): string {
  if (url.startsWith('/docs')) return DOCS_POLICY;
  return url.startsWith('/dashboard') && !url.startsWith('/dashboard/api/') ? DASHBOARD_POLICY : API_POLICY;
}

function headersSetBy(middleware: ReturnType<typeof helmet>): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const response: Pick<ServerResponse, 'removeHeader'> & { setHeader(name: string, value: string): void } = {
    setHeader: (name, value) => {
      headers[name.toLowerCase()] = value;
    },
    removeHeader: () => undefined,
  };
  middleware({} as IncomingMessage, response as unknown as ServerResponse, () => undefined);
  return headers;
}
