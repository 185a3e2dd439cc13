import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { isJson } from '../kernel/is-json.js';
import { excessOf, MAX_JSON_DEPTH, MAX_JSON_VALUES } from '../kernel/json-depth.js';

type Done = (error: Error | null, body?: unknown) => void;

/**
 * The parser of JSON bodies. Clients name the type of a body that they do not send, too (openai-python with every DELETE): that is no body.
 *
 * @param refused told of a request whose body is none: nothing behind the parser sees it
 */
export function jsonBodyParser(fastify: FastifyInstance, refused: (request: FastifyRequest) => void): (request: FastifyRequest, body: Buffer, done: Done) => void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    (request as GatewayRequest).bodyRead?.(body.length);
    if (body.length === 0) {
      done(null, undefined);
      return;
    }
    const refuse = (error: Error): void => {
      refused(request);
      done(error);
    };
    const excess = excessOf(body, MAX_JSON_DEPTH, MAX_JSON_VALUES);
    if (excess !== undefined) {
      const what = excess === 'depth' ? `is nested more than ${MAX_JSON_DEPTH} levels deep` : `has more than ${MAX_JSON_VALUES} values`;
      refuse(new GatewayError('invalid_parameter', `The request body ${what}.`));
      return;
    }
    const text = body.toString();
    void parse(request, text, (error, value) => {
      if (error) refuse(isJson(text) ? forbiddenKey(error) : error);
      else done(null, value);
    });
  };
}

/** Keys that would reach an object's prototype are refused wherever they stand: whoever copies the object must not meet them. */
function forbiddenKey(cause: Error): GatewayError {
  return new GatewayError('invalid_parameter', 'The request body has a key that is not allowed: "__proto__", or "constructor" with a "prototype" in it.', { cause });
}
