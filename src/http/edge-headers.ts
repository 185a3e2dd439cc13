import { isAnthropicPath } from './speaks-anthropic.js';

const API_POLICY = "default-src 'none'; frame-ancestors 'none'";
/** Swagger UI brings its scripts and styles along, some of them inline. */
const DOCS_POLICY = "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'";

/** The headers of every answer. Nothing the gateway says is to be kept, sniffed, framed or run; the documentation's pages bring a policy of their own. */
export function edgeHeaders(requestId: string, url: string): Record<string, string> {
  return {
    'x-request-id': requestId,
    ...(isAnthropicPath(url) ? { 'request-id': requestId } : {}),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'content-security-policy': url.startsWith('/docs') ? DOCS_POLICY : API_POLICY,
  };
}
