import { jsonLiteral } from './literal.ts';
import { type ChatBody } from '../chat-body.ts';

/** @param origin where the gateway is, without a slash at the end */
export function curlSnippet(origin: string, body: ChatBody): string {
  return [
    `curl ${body.stream ? '-N ' : ''}${origin}/v1/chat/completions \\`,
    '  -H "Authorization: Bearer $SHELLM_API_KEY" \\',
    "  -H 'Content-Type: application/json' \\",
    `  -d '${jsonLiteral(body).replaceAll("'", `'\\''`)}'`,
    '',
  ].join('\n');
}
