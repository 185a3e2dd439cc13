import { type IncomingHttpHeaders } from 'node:http';

const passed = new Set(['content-type', 'openai-model', 'openai-processing-ms', 'openai-version', 'retry-after']);

/**
 * The vendor's headers that a client may see. Its rate limits and its request id go out as `x-upstream-*`, since the bare names are
 * the gateway's own (contract, section 5).
 */
export function upstreamHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    if (passed.has(name)) seen[name] = value;
    else if (name.startsWith('x-ratelimit-')) seen[`x-upstream-ratelimit-${name.slice(12)}`] = value;
    else if (name === 'x-request-id') seen['x-upstream-request-id'] = value;
  }
  return seen;
}
