import { Injectable } from '@nestjs/common';
import { idempotencyKeyOf, keyedRequest } from './idempotency-key.js';
import { RecordedResponse } from './recorded-response.js';
import { ServerSettings } from '../../config/server-settings.js';
import { type ClaimedKey, IdempotencyService } from '../../idempotency/idempotency.service.js';
import { type KeptAnswer } from '../../idempotency/kept-answer.js';
import { OwnerBudget } from '../../storage/owner-budget.js';
import { Admission } from '../admission.js';
import { abortOnClientGone, abortUnfinished } from '../client-gone.js';
import { edgeHeaders } from '../edge-headers.js';
import { type GatewayReply, type GatewayRequest } from '../gateway-request.js';
import { writeBody } from '../json-reply.js';

/** Bytes of the answers of one client that are being recorded. */
const RECORDED_PER_CLIENT = 64 * 1024 ** 2;

/**
 * Answers a request with an `Idempotency-Key` once: the same again gets the same answer, while the first still runs too. Called by the handlers of routes with
 * {@link import('./idempotent.js').Idempotent}: as an interceptor it would wrap every request in Observables, at 18 kB each, for the few that have the header.
 */
@Injectable()
export class Once {
  readonly #recordings = new OwnerBudget(RECORDED_PER_CLIENT);

  constructor(
    private readonly keys: IdempotencyService,
    private readonly settings: ServerSettings,
    private readonly admission: Admission,
  ) {}

  /** @param answer writes the answer to `reply` */
  answer(request: GatewayRequest, reply: GatewayReply, answer: () => Promise<void>): Promise<void> {
    const key = idempotencyKeyOf(request.headers);
    return key === undefined ? answer() : this.#once(key, request, reply, answer);
  }

  async #once(key: string, request: GatewayRequest, reply: GatewayReply, answer: () => Promise<void>): Promise<void> {
    const { signal } = abortOnClientGone(request, reply);
    const claim = await this.keys.claim(keyedRequest(key, request), { signal, timeoutMs: Math.max(this.settings.requestTimeoutMs, this.settings.turnMaxMs) });
    if (claim.kind === 'kept') this.#replay(claim.answer, reply);
    else await this.#record(claim, request, reply, answer);
  }

  #replay({ status, headers, body }: KeptAnswer, reply: GatewayReply): void {
    writeBody(reply, { status, headers: { ...headers, 'idempotency-replayed': 'true' } }, body, this.settings.requestTimeoutMs);
  }

  /** The work goes on to its end when the client leaves: it comes back for the answer. */
  async #record(claim: ClaimedKey, { id, url, client, context, place }: GatewayRequest, reply: GatewayReply, answer: () => Promise<void>): Promise<void> {
    const share = this.#recordings.open(client.id);
    const recorded = new RecordedResponse(reply.raw, { ...edgeHeaders(id, url), ...reply.getHeaders() }, share);
    // Its client has left, and it will not be kept.
    recorded.once('close', () => {
      abortUnfinished({ context }, recorded);
    });
    Object.assign(reply, { raw: recorded });
    const work = { context };
    this.admission.add(work);
    const letGo = place?.hold();
    try {
      await answer();
      const { answer: said } = recorded;
      // An answer that broke off has left as a 200 too.
      const whole = context.error === undefined && context.abort?.signal.aborted !== true;
      await (said && whole && said.status < 300 ? claim.keep(said) : claim.free());
    } catch (error) {
      await claim.free();
      throw error;
    } finally {
      letGo?.();
      share.release();
      this.admission.leave(work);
    }
  }
}
