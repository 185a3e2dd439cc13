import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type GatewayRequest } from './gateway-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type RequestContext } from '../observability/request-context.js';

/** For the last words of answers that are cut. Milliseconds. */
const FAREWELL_MS = 100;

/** A request, or what goes on of one whose client has left. */
type Work = Pick<GatewayRequest, 'context'>;

/** Counts the requests that are being answered, so that a shutdown can let them finish and refuse the rest. */
@Injectable()
export class Admission {
  readonly #running = new Set<Work>();
  readonly #closing = new AbortController();
  #idle: (() => void) | undefined;

  get closing(): boolean {
    return this.closes.aborted;
  }

  /** Aborted when {@link close} is called: for answers that would go on for ever. */
  get closes(): AbortSignal {
    return this.#closing.signal;
  }

  /** What is being answered. */
  get running(): number {
    return this.#running.size;
  }

  /** Of what is being answered, what is known of it. */
  get contexts(): RequestContext[] {
    return [...this.#running].map(({ context }) => context);
  }

  /** @throws GatewayError `shutting_down` for everything but probes and scrapes, once {@link close} was called */
  enter(request: GatewayRequest, reply: FastifyReply): void {
    if (this.closing) {
      void reply.header('connection', 'close');
      if (!/^\/(health|metrics)\b/.test(request.url)) throw new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
    }
    this.add(request);
  }

  /** Work that is no request of its own, or outlives it. */
  add(work: Work): void {
    this.#running.add(work);
  }

  leave(work: Work): void {
    this.#running.delete(work);
    if (this.#running.size === 0) this.#idle?.();
  }

  /** Refuses what comes from now on; resolves when nothing runs any more. What still runs after the grace time is ended with an error. Milliseconds. */
  close(graceMs: number): Promise<void> {
    this.#closing.abort();
    if (this.#running.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        for (const { context } of this.#running) context.abort?.abort(new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 }));
        setTimeout(resolve, FAREWELL_MS);
      }, graceMs);
      this.#idle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
