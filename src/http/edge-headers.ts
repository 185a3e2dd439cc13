import { type FastifyInstance } from 'fastify';
import helmet from 'helmet';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { isAnthropicPath } from './speaks-anthropic.js';

type Headers = Readonly<Record<string, string>>;

/** What a body that is no page can need of a browser's defences (https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html): it is not to be kept, sniffed, framed, run or embedded. */
const ofApi: Headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Helmet's headers, asked for once. TLS stands before the gateway, and is to be insisted on there. */
const ofPages: Headers = {
  ...headersSetBy(helmet({ contentSecurityPolicy: false, strictTransportSecurity: false, xFrameOptions: { action: 'deny' } })),
  'cache-control': 'no-store',
};

/** Swagger UI brings its scripts and styles along, some of them inline. */
const ofDocs: Headers = {
  ...ofPages,
  'content-security-policy': "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
};

/** The pages that `npm run build` makes: all of them files of ours. */
const ofDashboard: Headers = {
  ...ofPages,
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** The headers of every answer, errors and streams too. A new object each time. */
export function edgeHeaders(requestId: string, url: string): Record<string, string> {
  const headers: Record<string, string> = { 'x-request-id': requestId, ...headersOf(url) };
  if (isAnthropicPath(url)) headers['request-id'] = requestId;
  return headers;
}

/** To what Fastify sends. What is set already stays: a file of the dashboard may be kept. */
export function addEdgeHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onSend', ({ id, url }, reply, _, done) => {
    for (const [name, value] of Object.entries(edgeHeaders(id, url))) if (!reply.hasHeader(name)) void reply.header(name, value);
    done();
  });
}

function headersOf(url: string): Headers {
  if (url.startsWith('/docs')) return ofDocs;
  return url.startsWith('/dashboard') && !url.startsWith('/dashboard/api/') ? ofDashboard : ofApi;
}

function headersSetBy(middleware: ReturnType<typeof helmet>): Headers {
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
