import { Inject, Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type GatewayRequest } from './gateway-request.js';
import { isProbe } from './probe.js';
import { statusOf } from '../kernel/status-of.js';
import { formatModelId } from '../kernel/model-id.js';
import { LOG, type Log } from '../observability/log.js';
import { Metrics } from '../observability/metrics/metrics.js';
import { type RequestContext, requestContext } from '../observability/request-context.js';
import { cleanTail, cleanWords } from '../redaction/clean-words.js';

/** nginx's status for a client that left before its answer began. */
const CLIENT_CLOSED_REQUEST = 499;

const MAX_CAUSE = 4000;

/** The end of each request: one line, without body, header and query, probes and scrapes at `debug`, 5xx at `error`; and what is counted of it. */
@Injectable()
export class RequestLog {
  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly metrics: Metrics,
  ) {}

  write(request: GatewayRequest, reply: FastifyReply): void {
    // The event that ends a response comes in the context of its connection, which may have served other requests.
    requestContext.run(request.context, () => {
      this.#write(request, reply);
    });
  }

  #write({ context, method, url, routeOptions }: GatewayRequest, reply: FastifyReply): void {
    const path = routeOptions.url ?? pathOf(url);
    const { raw, elapsedTime } = reply;
    const status = raw.headersSent ? raw.statusCode : CLIENT_CLOSED_REQUEST;
    const left = !raw.writableFinished;
    const error = errorOf(status, left, context);
    this.metrics.requests.ended({ method, route: routeOptions.url, status, seconds: elapsedTime / 1000, error });
    const line = {
      method,
      path,
      status,
      ms: Math.round(elapsedTime),
      ttft_ms: context.ttftMs,
      client: context.client,
      address: context.address,
      model: context.target && formatModelId(context.target),
      fallback: context.fallback,
      cache: context.cache,
      reason: context.facts?.reason,
      usage: context.facts?.usage,
      error: context.error && describe(context.error),
      aborted: left || undefined,
      trace_id: endSpan(context, status, error),
    };
    if (failed(status, context)) this.log.error(line, 'request failed');
    else if (isProbe(path)) this.log.debug(line, 'probe');
    else this.log.info(line, 'request');
  }
}

/** The request's span is over; gives the id of its trace. */
function endSpan({ server, client }: RequestContext, status: number, error: string | undefined): string | undefined {
  server?.end({ 'http.response.status_code': status, 'shellm.client': client }, error);
  return server?.traceId;
}

/** The code that is counted: the gateway's own, else what a vendor refused in its own words, else that the client left. */
function errorOf(status: number, left: boolean, { error, target }: RequestContext): string | undefined {
  if (error) return error.code;
  if (left) return 'client_closed_request';
  return status >= 400 && target ? 'upstream_error' : undefined;
}

function describe({ code, cause }: NonNullable<RequestContext['error']>): object {
  if (cause === undefined) return { code };
  const told = cause instanceof Error ? (code === 'internal_error' ? (cause.stack ?? cause.message) : describeCause(cause)) : JSON.stringify(cause);
  return { code, cause: cleanTail(told, MAX_CAUSE) };
}

function describeCause(cause: Error): string {
  const code = (cause as NodeJS.ErrnoException).code;
  return code === undefined ? cause.message : `${code}: ${cause.message}`;
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return cleanWords(query < 0 ? url : url.slice(0, query), 200);
}

/** A stream that fails after its first byte has left as a 200. */
function failed(status: number, { error }: RequestContext): boolean {
  return status >= 500 || (error !== undefined && statusOf[error.code] >= 500);
}
