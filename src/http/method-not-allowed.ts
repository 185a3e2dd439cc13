import { type FastifyInstance } from 'fastify';
import { type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';

interface Known {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Tells a known path asked with another method (405, with `Allow`) from an unknown path, which Fastify answers 404 alike. */
export function notFoundOrMethod(fastify: FastifyInstance): void {
  const known = new Map<string, Known>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url === '*' || url === '/*') return; // the preflight's: it stands for no path
    const route = known.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
    for (const each of Array.isArray(method) ? method : [method]) route.methods.add(each);
    known.set(url, route);
  });
  fastify.addHook('preHandler', (request, reply, done) => {
    if (!request.is404) {
      done();
      return;
    }
    const path = (request as GatewayRequest).url.split('?', 1)[0] ?? '';
    const methods = new Set([...known.values()].filter(({ pattern }) => pattern.test(path)).flatMap((route) => [...route.methods]));
    if (methods.size === 0 || methods.has(request.method)) {
      done();
      return;
    }
    void reply.header('allow', [...methods].join(', '));
    done(new GatewayError('method_not_allowed', `This endpoint takes ${[...methods].join(', ')}.`));
  });
}

/** Matches what Fastify's pattern matches: `:name` is a segment, `*` the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}/?$`);
}
