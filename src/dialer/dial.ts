import { lookup } from 'node:dns';
import { Agent, type Dispatcher } from 'undici';
import { type AllowList } from './allow-list.js';
import { readUrl } from './check-url.js';
import { DialError, toDialError } from './dial-error.js';
import { guardedConnector, type Resolve } from './guarded-connector.js';

export interface DialRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What may be reached beside the public internet. */
  readonly allow: AllowList;
  /** For all of it: the look-up, the connection, the last byte. */
  readonly timeoutMs: number;
  /** Of the answer's body. */
  readonly maxBytes: number;
  /** Asked before each piece of the body is kept: where it may not be, the body is too large. */
  readonly mayKeep?: (bytes: number) => boolean;
  readonly signal: AbortSignal;
  /** Whether the body is wanted, by what comes before it; left out: it is. */
  readonly wantsBody?: (head: DialHead) => boolean;
}

export interface DialHead {
  readonly status: number;
  /** Lower case; of one that came several times the first. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface DialResponse extends DialHead {
  /** As it came over the wire, empty where it was not wanted. */
  readonly body: Buffer;
}

/**
 * One request to a URL that a client named: http or https, every resolved address checked, no redirect followed, no proxy, no connection used again, bounded in time and size.
 *
 * @throws DialError
 */
export async function dial(request: DialRequest, resolve: Resolve = lookup): Promise<DialResponse> {
  const url = readUrl(request.url);
  const time = AbortSignal.timeout(request.timeoutMs);
  const signal = AbortSignal.any([request.signal, time]);
  const agent = new Agent({ connect: guardedConnector(request.allow, request.timeoutMs, resolve) });
  try {
    const { method, headers, body = null } = request;
    const response = await agent.request({ origin: url.origin, path: `${url.pathname}${url.search}`, method, headers, body, signal });
    return await read(response, request);
  } catch (error) {
    throw time.aborted ? new DialError('timeout', error) : toDialError(error);
  } finally {
    // Whatever is still open: a body that was too large, a connection that was kept. One that is being made is waited for, by itself.
    void agent.destroy();
  }
}

async function read({ statusCode: status, headers: received, body }: Dispatcher.ResponseData, request: DialRequest): Promise<DialResponse> {
  // What is left unread is broken off with the connection, which is no error.
  body.on('error', () => undefined);
  const headers = Object.fromEntries(
    Object.entries(received).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'string' ? value : (value[0] ?? '')]])),
  );
  if (status >= 300 && status < 400) throw new DialError('redirect');
  const head = { status, headers };
  if (request.wantsBody?.(head) === false) return { ...head, body: Buffer.alloc(0) };
  if (Number(headers['content-length'] ?? 0) > request.maxBytes) throw new DialError('too-large');
  return { ...head, body: await readBody(body, request) };
}

async function readBody(body: AsyncIterable<Buffer>, { maxBytes, mayKeep }: DialRequest): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes || mayKeep?.(chunk.length) === false) throw new DialError('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
