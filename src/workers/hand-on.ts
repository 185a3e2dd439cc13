import { Agent, type IncomingMessage, request as ask, type ServerResponse } from 'node:http';
import { HANDED_ON, writeHandedOn } from './handed-on.js';
import { encodeFailure } from './written-failure.js';
import { type Admission } from '../http/admission.js';
import { edgeHeaders } from '../http/edge-headers.js';
import { linger } from '../http/linger.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { statusOf } from '../kernel/status-of.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';
import { randomUUID } from 'node:crypto';

/** What is of one connection, not of the request or answer that it carries (RFC 9110, section 7.6.1). How a body is framed stays: it is passed on as it comes. */
const ofConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade', 'trailer', HANDED_ON]);
const framing = 'transfer-encoding';
const MAX_IDLE = 256;

/** What has become of a request before it is handed on. */
export interface Before {
  /** Its body, where it was read. */
  readonly body?: Buffer | undefined;
  /** How its provider failed. */
  readonly failure?: GatewayError;
  /** Headers for its answer, whatever that is. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Hands requests on to the owner, as they came, and passes its answers on, as they come. */
export class HandOn {
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_IDLE });

  /** @param path of the owner's socket */
  constructor(
    private readonly path: string,
    private readonly admission: Pick<Admission, 'add' | 'leave'>,
  ) {}

  /** Takes both over: nobody else writes an answer. */
  send(request: IncomingMessage, response: ServerResponse, { body, failure, headers = {} }: Before = {}): void {
    const work = { context: { requestId: '' } };
    this.admission.add(work);
    const { socket, httpVersion, method = 'GET', url = '/' } = request;
    const handedOn = writeHandedOn({ address: socket.remoteAddress ?? '', httpVersion, ...(failure && { failure: encodeFailure(failure) }) });
    const sent = ask({ socketPath: this.path, agent: this.#agent, method, path: url, headers: [...passedOn(request), HANDED_ON, handedOn] });
    response.once('close', () => {
      this.admission.leave(work);
      // The client left: so does whoever works on its request.
      if (!response.writableFinished) sent.destroy();
    });
    sent.once('response', (answer) => {
      const { statusCode = 502, statusMessage } = answer;
      response.writeHead(statusCode, statusMessage, [...answerHeaders(answer), ...Object.entries(headers).flat()]);
      // Node holds a head back for the first of the body; this one may be waited for.
      response.flushHeaders();
      answer.once('aborted', () => response.destroy()).pipe(response);
      // A refusal may come before its request is read: the rest is taken in, so that the client comes to hear it.
      answer.once('end', () => {
        if (!request.complete) linger(request);
      });
    });
    sent.on('error', () => {
      if (!response.headersSent) refuse(response, new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 }));
    });
    if (body) sent.end(body);
    else request.pipe(sent);
  }
}

/** Answers a request that nobody else can answer. */
function refuse(response: ServerResponse, error: GatewayError): void {
  const body = JSON.stringify(encodeError(error));
  response
    .writeHead(statusOf[error.code], {
      ...edgeHeaders(randomUUID(), ''),
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      'retry-after': String(error.retryAfter ?? 1),
      connection: 'close',
    })
    .end(body);
}

/** Names and values in turns, as they came: what is given twice stays so. */
function passedOn({ rawHeaders }: IncomingMessage): string[] {
  return without(rawHeaders, (name, value) => ofConnection.has(name) || (name === 'expect' && value.toLowerCase() === '100-continue'));
}

function answerHeaders({ rawHeaders }: IncomingMessage): string[] {
  // That the connection is to be closed is meant for the client.
  return without(rawHeaders, (name, value) => name === framing || (ofConnection.has(name) && !(name === 'connection' && value === 'close')));
}

function without(headers: readonly string[], drops: (name: string, value: string) => boolean): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = [headers[at], headers[at + 1]];
    if (!drops(name.toLowerCase(), value)) kept.push(name, value);
  }
  return kept;
}
