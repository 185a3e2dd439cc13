import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { GatewayError } from '../kernel/gateway-error.js';

/** Counts the requests that are being answered, so that a shutdown can let them finish and refuse the rest. */
@Injectable()
export class Admission {
  readonly #running = new Set<FastifyRequest>();
  #closing = false;
  #idle: (() => void) | undefined;

  get closing(): boolean {
    return this.#closing;
  }

  /** @throws GatewayError `shutting_down` for everything but probes, once {@link close} was called */
  enter(request: FastifyRequest, reply: FastifyReply): void {
    if (this.#closing) {
      void reply.header('connection', 'close');
      if (!request.url.startsWith('/health')) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    }
    this.#running.add(request);
  }

  leave(request: FastifyRequest): void {
    this.#running.delete(request);
    if (this.#running.size === 0) this.#idle?.();
  }

  /** Refuses what comes from now on; resolves when nothing runs any more, or after the grace time. Milliseconds. */
  close(graceMs: number): Promise<void> {
    this.#closing = true;
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
