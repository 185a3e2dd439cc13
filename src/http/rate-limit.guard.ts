import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { getOptionsToken, getStorageToken, ThrottlerGuard, type ThrottlerModuleOptions } from '@nestjs/throttler';
import { CONCURRENT } from './access.decorator.js';
import { accessOf } from './api-key.guard.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { Place } from './place.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { Concurrency } from '../rate-limit/concurrency.js';
import { LimitSettings } from '../rate-limit/limit-settings.js';
import { RequestWindows, secondsOf } from '../rate-limit/request-windows.js';
import { type CountedWindow, type Verdict } from '../rate-limit/window-verdict.js';

const ALL = 'global';

/** Requests a minute, a client's own and all together, over the throttler's storage; and requests at once. The headers tell of the client's window. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) private readonly windows: RequestWindows,
    reflector: Reflector,
    private readonly limits: LimitSettings,
    private readonly concurrency: Concurrency,
  ) {
    super(options, windows, reflector);
  }

  /** The throttler's own walk over throttlers and metadata costs more than everything else on this path; our two windows are fixed, and a request counts in both or in neither. */
  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (accessOf(this.reflector, context) === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<GatewayRequest>();
    const reply = http.getResponse<GatewayReply>();
    const { maxConcurrent } = request.client;
    if (maxConcurrent !== undefined && this.reflector.get<boolean | undefined>(CONCURRENT, context.getHandler()) === true) await this.#takePlace(request, reply, maxConcurrent);
    const asked = this.#windowsOf(request.client);
    if (asked.length > 0) tell(await this.windows.take(asked), asked, reply);
    return true;
  }

  /** What is limited by nothing counts nowhere. */
  #windowsOf({ id, rpm = this.limits.clientRpm }: Client): CountedWindow[] {
    const asked: CountedWindow[] = [];
    if (rpm > 0) asked.push({ key: `client ${id}`, limit: rpm });
    if (this.limits.rpm > 0) asked.push({ key: ALL, limit: this.limits.rpm });
    return asked;
  }

  async #takePlace(request: GatewayRequest, { raw }: GatewayReply, max: number): Promise<void> {
    const giveBack = await this.concurrency.take(request.client.id, max);
    if (!giveBack) {
      throw new GatewayError('concurrency_limit_exceeded', `This key may have ${max} requests answered at once. Try again when one of them has ended.`, { retryAfter: 1 });
    }
    request.place = new Place(giveBack);
    const letGo = request.place.hold();
    // Not onResponse: it does not come for a client that left before its answer began.
    if (raw.destroyed) letGo();
    else raw.once('close', letGo);
  }
}

/** @throws GatewayError `rate_limit_exceeded`, told of the window that takes longest to have room */
function tell({ counted, windows }: Verdict, asked: readonly CountedWindow[], reply: GatewayReply): void {
  let refusing: CountedWindow | undefined;
  let freeInMs = 0;
  asked.forEach((window, index) => {
    const state = windows[index];
    if (!state) return;
    if (window.key !== ALL) {
      reply.headers({
        'x-ratelimit-limit-requests': String(window.limit),
        'x-ratelimit-remaining-requests': String(Math.max(0, window.limit - state.used)),
        'x-ratelimit-reset-requests': `${secondsOf(state.emptyInMs)}s`,
      });
    }
    if (state.freeInMs <= freeInMs) return;
    refusing = window;
    freeInMs = state.freeInMs;
  });
  if (counted || !refusing) return;
  const retryAfter = secondsOf(freeInMs);
  const { key, limit } = refusing;
  throw new GatewayError(
    'rate_limit_exceeded',
    `Rate limit reached: ${key === ALL ? 'The gateway takes' : 'This key may make'} ${limit} requests a minute. Try again in ${retryAfter} s.`,
    {
      retryAfter,
    },
  );
}
