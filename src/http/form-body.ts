import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';
import { GatewayError } from '../kernel/gateway-error.js';

/** A route that takes a form with a file, as long as `SHELLM_AGENT_BODY_LIMIT`, and reads it by `receiveForm`. */
export function FormBody(): MethodDecorator {
  return RouteConfig({ agentBody: true, formBody: true });
}

/** Forms reach their routes unread; everywhere else they are refused. */
export function takeForms(fastify: FastifyInstance): void {
  fastify.addContentTypeParser('multipart/form-data', ({ headers, routeOptions }, payload, done) => {
    if (!takesForm(routeOptions)) done(new GatewayError('unsupported_media_type', 'Send the body as application/json.'));
    else if (Number(headers['content-length'] ?? 0) > routeOptions.bodyLimit) done(tooLong());
    else done(null, payload);
  });
}

export function tooLong(): GatewayError {
  return new GatewayError('payload_too_large', 'The request body is larger than the limit.');
}

function takesForm({ config }: { readonly config?: object }): boolean {
  return (config as { readonly formBody?: boolean } | undefined)?.formBody === true;
}
