import { Injectable } from '@nestjs/common';
import { hasAgentBody } from './agent-body.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { placeOf } from './place-of.js';
import { type Client } from '../auth/client.js';
import { ServerSettings } from '../config/server-settings.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { OwnerBudget } from '../storage/owner-budget.js';

/** Bytes of the bodies that one client's requests, and those of all, may have at once. One body alone is always taken. */
const PER_CLIENT = 256 * 1024 ** 2;
const IN_ALL = 512 * 1024 ** 2;

/** Room for the bodies of requests, from before they are read until they are answered: many long ones at once would take all memory. */
@Injectable()
export class BodyRoom {
  readonly #own: OwnerBudget;
  readonly #all: OwnerBudget;

  constructor(private readonly settings: ServerSettings) {
    const longest = Math.max(settings.bodyLimit, settings.agentBodyLimit);
    this.#own = new OwnerBudget(Math.max(PER_CLIENT, longest));
    this.#all = new OwnerBudget(Math.max(IN_ALL, longest));
  }

  /**
   * Takes room for a body that is to be read: for one that does not say how long it is, as much as its route allows until it is there. Given back when the work on its request has ended.
   *
   * @throws GatewayError `concurrency_limit_exceeded`, `queue_full`
   */
  enter(request: GatewayRequest, reply: GatewayReply): void {
    const bytes = this.#lengthOf(request);
    // Not typed so: what needs no key has none.
    const client = request.client as Client | undefined;
    if (bytes === 0 || !client) return;
    const [own, all] = [this.#own.open(client.id), this.#all.open('all')];
    const release = (): void => {
      own.release();
      all.release();
    };
    if (!own.take(bytes)) {
      release();
      throw new GatewayError('concurrency_limit_exceeded', "The bodies of this key's requests that are being answered are too long together.", { retryAfter: 1 });
    }
    if (!all.take(bytes)) {
      release();
      throw new GatewayError('queue_full', 'The bodies of the requests that are being answered are too long together.', { retryAfter: 5 });
    }
    placeOf(request, reply).add(release);
    request.bodyRead = (length) => {
      own.take(length - bytes);
      all.take(length - bytes);
    };
  }

  /** Bytes. What is over its route's limit is refused unread. */
  #lengthOf({ headers, routeOptions }: GatewayRequest): number {
    const length = Number(headers['content-length'] ?? 0);
    const isChunked = headers['transfer-encoding'] !== undefined;
    if (!isChunked && length <= this.settings.bodyLimit) return length;
    const limit = hasAgentBody(routeOptions) ? this.settings.agentBodyLimit : this.settings.bodyLimit;
    return isChunked ? limit : Math.min(length, limit);
  }
}
