import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { type IncomingMessage } from 'node:http';
import { type GatewayRequest } from './gateway-request.js';
import { type Admission } from './admission.js';
import { type BodyRoom } from './body-room.js';
import { clientAddress } from './client-address.js';
import { endWork } from './client-gone.js';
import { addEdgeHeaders } from './edge-headers.js';
import { type KeyCheck } from './key-check.js';
import { type OriginPolicy } from './origin-policy.js';
import { pipeline } from './pipeline.js';
import { isProbe } from './probe.js';
import { checkHead } from './request-head.js';
import { type RequestLog } from './request-log.js';
import { type RequestRate } from './request-rate.js';
import { INSTANCE_HEADER, instanceId } from '../config/instance-id.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type RequestContext, requestContext } from '../observability/request-context.js';
import { type Span } from '../observability/tracing/span.js';
import { type Tracing } from '../observability/tracing/tracing.js';

/** `X-Request-ID` where it is fit to be repeated, else an id of our own. Fastify's `genReqId`. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : randomUUID();
}

export interface RequestHooks {
  readonly admission: Admission;
  readonly origins: OriginPolicy;
  readonly keys: KeyCheck;
  readonly rate: RequestRate;
  readonly bodies: BodyRoom;
  readonly log: RequestLog;
  readonly tracing: Tracing;
}

/** What every request passes, unknown routes and broken bodies too, where no Nest guard or interceptor runs. */
export function addRequestHooks(fastify: FastifyInstance, { admission, origins, keys, rate, bodies, log, tracing }: RequestHooks): void {
  fastify.decorateRequest('context');
  fastify.decorateRequest('client');
  fastify.decorateRequest('place');
  fastify.decorateRequest('bodyRead');
  addEdgeHeaders(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    const context: RequestContext = { requestId: request.id };
    const { raw } = reply;
    const { socket } = request.raw;
    (request as GatewayRequest).context = context;
    if (tracing.on) context.server = context.span = spanOf(request, tracing);
    if (request.headers.origin !== undefined) reply.headers(origins.headersFor(request.headers));
    // Not onResponse: it does not come for a client that left before its answer began.
    raw.once('close', () => {
      pipeline.leave(socket);
      admission.leave(request as GatewayRequest);
      log.write(request as GatewayRequest, reply);
      endWork(request as GatewayRequest, reply, raw);
    });
    requestContext.run(context, () => {
      try {
        pipeline.enter(socket);
        checkHead(request.raw);
        origins.check(request);
        refuseLoop(request.headers[INSTANCE_HEADER]);
        refuseEncodedBody(request.headers['content-encoding']);
        keys.beforeBody(request as GatewayRequest);
        rate.beforeBody(request as GatewayRequest, reply);
        admission.enter(request as GatewayRequest, reply);
        bodies.enter(request as GatewayRequest, reply);
        done();
      } catch (error) {
        context.address = clientAddress(request);
        done(error as Error);
      }
    });
  });
}

/** Probes and scrapes are not traced. */
function spanOf({ method, routeOptions: { url: route }, headers: { traceparent }, id, protocol }: FastifyRequest, tracing: Tracing): Span | undefined {
  if (isProbe(route)) return undefined;
  const attributes = { 'http.request.method': method, 'http.route': route, 'url.scheme': protocol, 'shellm.request.id': id };
  return tracing.request(route === undefined ? method : `${method} ${route}`, typeof traceparent === 'string' ? traceparent : undefined, attributes);
}

/** A vendor that leads back to us, by a proxy or a chain of gateways, would never end. */
function refuseLoop(instance: string | string[] | undefined): void {
  if (instance === instanceId) throw new GatewayError('loop_detected', 'The request came from this gateway itself: a provider leads back to it.', { shouldRetry: false });
}

/** A body that was compressed would be read as it is, and be nonsense at best. */
function refuseEncodedBody(encoding: string | undefined): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw new GatewayError('unsupported_media_type', 'Send the body as it is, without a Content-Encoding.', { param: 'Content-Encoding' });
}
