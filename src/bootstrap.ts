import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type DestinationStream } from 'pino';
import { AppModule } from './app.module.js';
import { AuthService } from './auth/auth.service.js';
import { AddressRanges } from './config/address-ranges.js';
import { type Environment } from './config/environment.js';
import { ServerSettings } from './config/server-settings.js';
import { Admission } from './http/admission.js';
import { allowAgentBodies } from './http/agent-body.js';
import { BodyRoom } from './http/body-room.js';
import { takeForms } from './http/form-body.js';
import { answerFrameworkError } from './http/framework-errors.js';
import { type GatewayRequest } from './http/gateway-request.js';
import { jsonBodyParser } from './http/json-body.js';
import { KeyCheck } from './http/key-check.js';
import { limitTimes } from './http/limit-times.js';
import { schemaController } from './http/no-schemas.js';
import { OriginPolicy } from './http/origin-policy.js';
import { answerClientError, answerOddRequests } from './http/raw-refusal.js';
import { addRequestHooks, requestIdOf } from './http/request-hooks.js';
import { RequestLog } from './http/request-log.js';
import { RequestRate } from './http/request-rate.js';
import { RouteTable } from './http/route-table.js';
import { JobQueue } from './job-queue/job-queue.js';
import { LOG, type Log } from './observability/log.js';
import { NestLogger } from './observability/nest-logger.js';
import { documentApi } from './openapi/document-api.js';
import { Tracing } from './observability/tracing/tracing.js';

/**
 * Builds the whole application, not yet listening. `environment` replaces the process's own and `.env`, and `logTo` stdout for the log.
 *
 * @throws ConfigurationError for a value that cannot be used, in one line that names it
 */
export async function createApp(environment?: Environment, logTo?: DestinationStream): Promise<NestFastifyApplication> {
  const proxies = new AddressRanges();
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    logger: false,
    // Nest's adapter is made before the settings can be read; limits that come from them are set below.
    bodyLimit: 512 * 1024 ** 2,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
    // How often Node looks for requests that are over their time. A request without a Host it would refuse without a word.
    http: { connectionsCheckingInterval: 1000, requireHostHeader: false },
    trustProxy: (address) => proxies.has(address),
    return503OnClosing: false,
    forceCloseConnections: true,
    schemaController,
    routerOptions: { maxParamLength: 512, ignoreTrailingSlash: true },
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(environment, logTo), adapter, { logger: false, abortOnError: false, bodyParser: false });
  app.useLogger(new NestLogger(app.get<Log>(LOG)));
  app.get(AuthService).refuseOpenOnNetwork();
  const settings = app.get(ServerSettings);
  for (const range of settings.trustProxy) proxies.add(range);
  const fastify = adapter.getInstance();
  answerOddRequests(app.getHttpServer());
  const rate = app.get(RequestRate);
  const [admission, origins, keys, bodies, log] = [app.get(Admission), app.get(OriginPolicy), app.get(KeyCheck), app.get(BodyRoom), app.get(RequestLog)];
  addRequestHooks(fastify, { admission, origins, keys, rate, bodies, log, tracing: app.get(Tracing) });
  app.get(RouteTable).watch(fastify);
  allowAgentBodies(fastify, settings.agentBodyLimit);
  if (settings.corsOrigins.length > 0) {
    // After the hooks above: a foreign origin is refused, its preflight too.
    app.enableCors({ origin: [...settings.corsOrigins], methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], exposedHeaders: '*', maxAge: 600, hook: 'preParsing' });
  }
  fastify.removeContentTypeParser('text/plain');
  app.useBodyParser(
    'application/json',
    { bodyLimit: settings.bodyLimit },
    jsonBodyParser(fastify, (request) => void rate.countUnread(request as GatewayRequest)),
  );
  takeForms(fastify);
  limitTimes(app.getHttpServer(), settings);
  documentApi(app);
  await app.init();
  app.get(JobQueue).start();
  return app;
}
