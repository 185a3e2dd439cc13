import { type ArgumentsHost, Catch, type ExceptionFilter, Inject, ServiceUnavailableException } from '@nestjs/common';
import { Admission } from './admission.js';
import { errorBody } from './error-body.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { linger } from './linger.js';
import { RouteTable } from './route-table.js';
import { statusOf } from '../kernel/status-of.js';
import { httpErrorOf } from './to-gateway-error.js';
import { REDACTOR } from '../completion/redactor.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Redactor } from '../kernel/text-filter.js';
import { redactHeaders } from '../redaction/redact-headers.js';

/** Every error that leaves by HTTP: the error body of the API that was asked, the status of its code, and what a client library has to know to try again or not. */
@Catch()
export class GatewayErrorFilter implements ExceptionFilter {
  constructor(
    @Inject(REDACTOR) private readonly redactor: Redactor,
    private readonly routes: RouteTable,
    private readonly admission: Admission,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<GatewayRequest>();
    const reply = http.getResponse<GatewayReply>();
    if (reply.raw.destroyed) return; // the client has left
    if (isHealthReport(exception)) {
      void reply.status(exception.getStatus()).send(exception.getResponse());
      return;
    }
    const error = this.#wrongMethod(request, reply) ?? httpErrorOf(exception);
    request.context.error = { code: error.code, cause: error.cause };
    if (reply.raw.headersSent) {
      reply.raw.destroy();
      return;
    }
    if (error.headers) void reply.headers(redactHeaders(error.headers, this.redactor));
    setRetryHeaders(reply, error);
    if (linger(request.raw) && !this.admission.closing) void reply.removeHeader('connection');
    const body = this.redactor.redact(JSON.stringify(errorBody(error, request)), 'json');
    void reply
      .status(error.vendor?.status ?? statusOf[error.code])
      .header('content-type', 'application/json; charset=utf-8')
      .send(body);
  }

  /** A known path asked with another method. */
  #wrongMethod({ is404, url, method }: GatewayRequest, reply: GatewayReply): GatewayError | undefined {
    const methods = is404 ? this.routes.methodsOf(url) : [];
    if (methods.length === 0 || methods.includes(method)) return undefined;
    void reply.header('allow', methods.join(', '));
    return new GatewayError('method_not_allowed', `This endpoint takes ${methods.join(', ')}.`);
  }
}

/** Terminus says "not ready" by an exception whose body is its report, which orchestrators read. */
function isHealthReport(exception: unknown): exception is ServiceUnavailableException {
  if (!(exception instanceof ServiceUnavailableException)) return false;
  const body = exception.getResponse();
  return typeof body === 'object' && 'details' in body;
}

function setRetryHeaders(reply: GatewayReply, { retryAfter, shouldRetry }: GatewayError): void {
  if (retryAfter !== undefined) void reply.header('retry-after', String(retryAfter));
  if (shouldRetry === false) void reply.header('x-should-retry', 'false');
}
