import { type IncomingHttpHeaders } from 'node:http';

/** Whether a path belongs to the Anthropic API alone. */
export function isAnthropicPath(url: string): boolean {
  return /^\/v1\/messages(?:[/?]|$)/.test(url);
}

/** Whether a request is one of the Anthropic API: those of the model list are told by the version that every client of it sends. */
export function speaksAnthropic({ url, headers }: { readonly url: string; readonly headers: IncomingHttpHeaders }): boolean {
  return isAnthropicPath(url) || (/^\/v1\/models(?:[/?]|$)/.test(url) && headers['anthropic-version'] !== undefined);
}
