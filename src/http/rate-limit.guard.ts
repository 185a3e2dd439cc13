import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, getStorageToken, ThrottlerGuard, type ThrottlerModuleOptions, ThrottlerStorage } from '@nestjs/throttler';
import { CONCURRENT } from './access.decorator.js';
import { accessOf } from './api-key.guard.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { Concurrency } from '../rate-limit/concurrency.js';
import { LimitSettings } from '../rate-limit/limit-settings.js';
import { WINDOW_MS } from '../rate-limit/rate-limit.module.js';

/** Requests a minute, a client's own and all together, over the throttler's storage. The headers tell of the client's window. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly limits: LimitSettings,
    private readonly concurrency: Concurrency,
  ) {
    super(options, storage, reflector);
  }

  /** The throttler's own walk over throttlers and metadata costs more than everything else on this path; our two windows are fixed. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (accessOf(this.reflector, context) === 'public') return true;
    const http = context.switchToHttp();
    const { client } = http.getRequest<GatewayRequest>();
    const reply = http.getResponse<GatewayReply>();
    this.#takePlace(context, client, reply);
    // The client's own window first: what it is refused there does not use up what all clients share.
    await this.#count(`client ${client.id}`, client.rpm ?? this.limits.clientRpm, 'client', reply, 'This key may make');
    await this.#count('global', this.limits.rpm, 'global', undefined, 'The gateway takes');
    return true;
  }

  #takePlace(context: ExecutionContext, { id, maxConcurrent }: Client, { raw }: GatewayReply): void {
    if (maxConcurrent === undefined || this.reflector.get<boolean | undefined>(CONCURRENT, context.getHandler()) !== true) return;
    const release = this.concurrency.take(id, maxConcurrent);
    if (!release) {
      throw new GatewayError('concurrency_limit_exceeded', `This key may have ${maxConcurrent} requests answered at once. Try again when one of them has ended.`, {
        retryAfter: 1,
      });
    }
    // Not onResponse: it does not come for a client that left before its answer began.
    if (raw.destroyed) release();
    else raw.once('close', release);
  }

  async #count(key: string, limit: number, throttler: string, reply: GatewayReply | undefined, subject: string): Promise<void> {
    if (limit === 0) return;
    const { totalHits, timeToExpire, isBlocked, timeToBlockExpire } = await this.storageService.increment(key, WINDOW_MS, limit, 0, throttler);
    if (reply) {
      reply.headers({
        'x-ratelimit-limit-requests': String(limit),
        'x-ratelimit-remaining-requests': String(Math.max(0, limit - totalHits)),
        'x-ratelimit-reset-requests': `${timeToExpire}s`,
      });
    }
    if (!isBlocked) return;
    throw new GatewayError('rate_limit_exceeded', `Rate limit reached: ${subject} ${limit} requests a minute. Try again in ${timeToBlockExpire} s.`, {
      retryAfter: timeToBlockExpire,
    });
  }
}
