import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, getStorageToken, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { CONCURRENT } from './access.decorator.js';
import { accessOf } from './api-key.guard.js';
import { failedBefore } from './failed-before.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { placeOf } from './place-of.js';
import { RequestRate } from './request-rate.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { Concurrency } from '../rate-limit/concurrency.js';
import { RequestWindows } from '../rate-limit/request-windows.js';

/** Requests a minute, a client's own and all together, over the throttler's storage; and requests at once. The headers tell of the client's window. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) windows: RequestWindows,
    reflector: Reflector,
    private readonly rate: RequestRate,
    private readonly concurrency: Concurrency,
  ) {
    super(options, windows, reflector);
  }

  /** The throttler's own walk over throttlers and metadata costs more than everything else on this path; our two windows are fixed, and a request counts in both or in neither. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = accessOf(this.reflector, context);
    // Whoever watches the gateway does so all the time.
    if (access === 'public' || access === 'metrics') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<GatewayRequest>();
    if (failedBefore(request.raw)) return true;
    const reply = http.getResponse<GatewayReply>();
    const { maxConcurrent } = request.client;
    if (maxConcurrent !== undefined && this.reflector.get<boolean | undefined>(CONCURRENT, context.getHandler()) === true) await this.#takePlace(request, reply, maxConcurrent);
    const counted = this.rate.count(request, reply);
    if (counted) await counted;
    return true;
  }

  async #takePlace(request: GatewayRequest, reply: GatewayReply, max: number): Promise<void> {
    const giveBack = await this.concurrency.take(request.client.id, max);
    if (!giveBack) {
      throw new GatewayError('concurrency_limit_exceeded', `This key may have ${max} requests answered at once. Try again when one of them has ended.`, { retryAfter: 1 });
    }
    placeOf(request, reply).add(giveBack);
  }
}
