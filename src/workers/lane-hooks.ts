import { type FastifyInstance } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { type OwnerCalls } from './calls.js';
import { type Channel } from './channel.js';
import { type HandOn } from './hand-on.js';
import { type Lane, unreadable } from './lane.js';
import { type Client } from '../auth/client.js';
import { type Admission } from '../http/admission.js';
import { type BodyRoom } from '../http/body-room.js';
import { clientAddress } from '../http/client-address.js';
import { endWork } from '../http/client-gone.js';
import { addEdgeHeaders } from '../http/edge-headers.js';
import { type GatewayReply, type GatewayRequest } from '../http/gateway-request.js';
import { type RequestLog } from '../http/request-log.js';
import { type ModelId } from '../kernel/model-id.js';
import { type RequestContext, requestContext } from '../observability/request-context.js';
import { type Tracing } from '../observability/tracing/tracing.js';

/** A request whose body a worker reads. */
export interface LaneRequest extends GatewayRequest {
  /** Its body as it came. */
  sent?: Buffer;
  /** It is the owner's, who logs it. */
  handedOn?: boolean;
}

/** One whose client is known by its head. */
export interface KnownRequest extends IncomingMessage {
  client: Client;
}

export interface LaneHooks {
  readonly lane: Lane;
  readonly handOn: HandOn;
  readonly owner: Pick<Channel<OwnerCalls>, 'tell'>;
  readonly admission: Admission;
  readonly bodies: BodyRoom;
  readonly log: RequestLog;
  readonly tracing: Tracing;
}

/** What the requests pass whose bodies a worker reads. */
export function addLaneHooks(fastify: FastifyInstance, { lane, handOn, owner, admission, bodies, log, tracing }: LaneHooks): void {
  for (const name of ['context', 'client', 'place', 'bodyRead', 'sent', 'handedOn']) fastify.decorateRequest(name);
  addEdgeHeaders(fastify);
  let last = 0;

  fastify.addHook('onRequest', (given, reply, done) => {
    const request = given as LaneRequest;
    const { raw } = reply;
    const { client } = request.raw as KnownRequest;
    const context: RequestContext = { requestId: request.id, client: client.id };
    request.client = client;
    request.context = context;
    const number = (last += 1);
    admission.add(request);
    owner.tell('began', { number, id: request.id, client: client.id });
    raw.once('close', () => {
      admission.leave(request);
      owner.tell('left', number);
      if (request.handedOn !== true) log.write(request, reply);
      endWork(request, reply, raw);
    });
    requestContext.run(context, () => {
      try {
        bodies.enter(request, reply);
        done();
      } catch (error) {
        context.address = clientAddress(request);
        done(error as Error);
      }
    });
  });

  fastify.addHook('preValidation', (given, reply, done) => {
    const request = given as LaneRequest;
    const { url, headers, body, client, context } = request;
    const begin = (target: ModelId | null): void => {
      if (!target) {
        handOver(request, reply);
        return;
      }
      context.target = target;
      if (tracing.on)
        context.server = context.span = tracing.request(`POST ${url}`, one(headers['traceparent']), {
          'http.request.method': 'POST',
          'http.route': url,
          'url.scheme': 'http',
          'shellm.request.id': request.id,
        });
      done();
    };
    const target = body === unreadable ? null : lane.targetOf(url, headers, body, client);
    if (target instanceof Promise) void target.then(begin);
    else begin(target);
  });

  function handOver(request: LaneRequest, reply: GatewayReply): void {
    request.handedOn = true;
    reply.hijack();
    handOn.send(request.raw, reply.raw, { body: request.sent });
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
