import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type OwnerCalls } from './calls.js';
import { type Channel } from './channel.js';
import { HandOn } from './hand-on.js';
import { Lane, unreadable } from './lane.js';
import { addLaneHooks, type KnownRequest, type LaneRequest } from './lane-hooks.js';
import { LaneRoutes } from './lane-routes.js';
import { WorkerModule } from './worker.module.js';
import { AuthService } from '../auth/auth.service.js';
import { CacheSettings } from '../cache/cache-settings.js';
import { AddressRanges } from '../config/address-ranges.js';
import { ServerSettings } from '../config/server-settings.js';
import { Admission } from '../http/admission.js';
import { BodyRoom } from '../http/body-room.js';
import { jsonBodyParser } from '../http/json-body.js';
import { limitTimes } from '../http/limit-times.js';
import { schemaController } from '../http/no-schemas.js';
import { OriginPolicy } from '../http/origin-policy.js';
import { answerClientError, answerOddRequests } from '../http/raw-refusal.js';
import { requestIdOf } from '../http/request-hooks.js';
import { RequestLog } from '../http/request-log.js';
import { LOG, type Log } from '../observability/log.js';
import { NestLogger } from '../observability/nest-logger.js';
import { Tracing } from '../observability/tracing/tracing.js';

/**
 * Builds a worker's application, not yet listening. Most requests do not even reach Fastify: they are handed on.
 *
 * @param path of the owner's socket
 */
export async function createWorkerApp(owner: Channel<OwnerCalls>, path: string): Promise<NestFastifyApplication> {
  const proxies = new AddressRanges();
  let isOurs: (request: IncomingMessage) => boolean = () => false;
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    logger: false,
    clientErrorHandler: answerClientError,
    trustProxy: (address) => proxies.has(address),
    schemaController,
    return503OnClosing: false,
    forceCloseConnections: true,
    serverFactory: (handle: RequestListener) =>
      createServer({ connectionsCheckingInterval: 1000, requireHostHeader: false }, (request, response) => {
        if (isOurs(request)) handle(request, response);
        else app.get(HandOn).send(request, response);
      }),
  });
  const app = await NestFactory.create<NestFastifyApplication>(WorkerModule.of(owner, path), adapter, { logger: false, abortOnError: false, bodyParser: false });
  app.useLogger(new NestLogger(app.get<Log>(LOG)));
  const settings = app.get(ServerSettings);
  for (const range of settings.trustProxy) proxies.add(range);
  const fastify = adapter.getInstance();
  const server = app.getHttpServer();
  answerOddRequests(server);
  const admission = app.get(Admission);
  const lane = new Lane(app.get(AuthService), app.get(OriginPolicy), admission, app.get(LaneRoutes), settings, app.get(CacheSettings));
  isOurs = (request) => {
    const client = lane.clientOf(request);
    if (client) (request as KnownRequest).client = client;
    return client !== undefined;
  };
  addLaneHooks(fastify, { lane, handOn: app.get(HandOn), owner, admission, bodies: app.get(BodyRoom), log: app.get(RequestLog), tracing: app.get(Tracing) });
  const parse = jsonBodyParser(fastify, () => undefined);
  app.useBodyParser('application/json', { bodyLimit: settings.bodyLimit }, (given, body: Buffer, done) => {
    const request = given as LaneRequest;
    request.sent = body;
    // What cannot be read is the owner's to refuse.
    parse(request, body, (error, value) => {
      done(null, error ? unreadable : value);
    });
  });
  limitTimes(server, settings);
  await app.init();
  return app;
}
