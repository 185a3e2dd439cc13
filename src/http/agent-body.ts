import { RouteConfig } from '@nestjs/platform-fastify';
import { type FastifyInstance } from 'fastify';

interface AgentBodyConfig {
  readonly agentBody?: boolean;
}

/** A route that coding agents call: its body may be as long as `SHELLM_AGENT_BODY_LIMIT`. */
export function AgentBody(): MethodDecorator {
  return RouteConfig({ agentBody: true } satisfies AgentBodyConfig);
}

/** Before the routes are made. @param bodyLimit of routes with {@link AgentBody}, in bytes */
export function allowAgentBodies(fastify: FastifyInstance, bodyLimit: number): void {
  fastify.addHook('onRoute', (route) => {
    if (hasAgentBody(route)) route.bodyLimit = bodyLimit;
  });
}

/** Whether a route has {@link AgentBody}. */
export function hasAgentBody({ config }: { readonly config?: object }): boolean {
  return (config as AgentBodyConfig | undefined)?.agentBody === true;
}
