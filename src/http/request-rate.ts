import { Inject, Injectable } from '@nestjs/common';
import { getStorageToken } from '@nestjs/throttler';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LimitSettings } from '../rate-limit/limit-settings.js';
import { RequestWindows, secondsOf } from '../rate-limit/request-windows.js';
import { type CountedWindow, type Verdict } from '../rate-limit/window-verdict.js';

const ALL = 'global';

/** Requests a minute: a client's own and all together. The headers tell of the client's window. */
@Injectable()
export class RequestRate {
  constructor(
    @Inject(getStorageToken()) private readonly windows: RequestWindows,
    private readonly limits: LimitSettings,
  ) {}

  /** Nobody who is over the limit makes the gateway read and parse a body. Counts nothing. @throws GatewayError `rate_limit_exceeded` */
  beforeBody({ client, headers }: GatewayRequest, reply: GatewayReply): void {
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
    // Not typed so: what needs no key has none.
    const known = client as Client | undefined;
    const asked = known ? this.#windowsOf(known) : [];
    const refusal = this.windows.refusal(asked);
    if (refusal) tell(refusal, asked, reply);
  }

  /** No promise where there is nobody to ask. @throws GatewayError `rate_limit_exceeded` */
  count({ client }: GatewayRequest, reply: GatewayReply): undefined | Promise<void> {
    const asked = this.#windowsOf(client);
    if (asked.length === 0) return undefined;
    const verdict = this.windows.take(asked);
    if (verdict instanceof Promise)
      return verdict.then((told) => {
        tell(told, asked, reply);
      });
    tell(verdict, asked, reply);
    return undefined;
  }

  /** A request whose body could not be read has cost as much as another. */
  async countUnread({ client }: GatewayRequest): Promise<void> {
    const known = client as Client | undefined;
    if (known) await this.windows.take(this.#windowsOf(known));
  }

  /** What is limited by nothing counts nowhere. */
  #windowsOf({ id, rpm = this.limits.clientRpm }: Client): CountedWindow[] {
    const asked: CountedWindow[] = [];
    if (rpm > 0) asked.push({ key: `client ${id}`, limit: rpm });
    if (this.limits.rpm > 0) asked.push({ key: ALL, limit: this.limits.rpm });
    return asked;
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
