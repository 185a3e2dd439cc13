import { Injectable } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which paths there are and which methods they take. Fastify answers an unknown path and an unknown method alike: 404. */
@Injectable()
export class RouteTable {
  readonly #routes = new Map<string, Route>();

  /** Takes in every route that is registered from now on. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ url, method }) => {
      if (url === '*' || url === '/*') return; // the preflight's: it stands for no path
      const route = this.#routes.get(url) ?? { pattern: patternOf(url), methods: new Set<string>() };
      for (const each of Array.isArray(method) ? method : [method]) route.methods.add(each);
      this.#routes.set(url, route);
    });
  }

  /** Every path as it was registered (`/v1/models/:id`), with its methods. */
  get routes(): readonly { readonly url: string; readonly methods: readonly string[] }[] {
    return [...this.#routes].map(([url, { methods }]) => ({ url, methods: [...methods] }));
  }

  /** The methods that a path takes; none for an unknown path. */
  methodsOf(url: string): readonly string[] {
    const path = decoded(url.split('?', 1)[0] ?? '');
    return [...new Set([...this.#routes.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods]))];
  }
}

/** As Fastify reads a path. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

/** Matches what Fastify's pattern matches: `:name` is a segment, `*` the rest. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:[A-Za-z_]+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${source}/?$`);
}
