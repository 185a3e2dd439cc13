import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { forwardedBy } from './forwarded-by.js';
import { AuthService } from '../auth/auth.service.js';
import { isLoopbackName } from '../config/loopback.js';
import { ServerSettings } from '../config/server-settings.js';
import { GatewayError } from '../kernel/gateway-error.js';

/**
 * A browser page of another origin can do nothing, also where no key is needed (contract, section 7): a foreign `Origin` is refused,
 * and in open mode a foreign `Host` (DNS rebinding) and whatever came through a tunnel.
 */
@Injectable()
export class OriginPolicy {
  readonly #origins: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  constructor(
    settings: ServerSettings,
    private readonly auth: AuthService,
  ) {
    this.#origins = new Set(settings.corsOrigins.map((origin) => origin.toLowerCase()));
    this.#hosts = new Set(settings.allowedHosts.map((host) => host.toLowerCase()));
  }

  /** @throws GatewayError `origin_not_allowed` */
  check({ headers, url }: FastifyRequest): void {
    const { open } = this.auth;
    if (open) refuseForwarded(headers);
    if ((open || this.#hosts.size > 0) && !isExempt(url)) this.#checkHost(headers.host);
    if (headers.origin !== undefined) this.#checkOrigin(headers.origin, headers.host);
  }

  /** What lets a page of a listed origin read the answer, refusals too; nothing for any other. It is not to send cookies along. */
  headersFor({ origin }: FastifyRequest['headers']): Readonly<Record<string, string>> {
    if (origin === undefined || !this.#origins.has(origin.toLowerCase())) return {};
    return { 'access-control-allow-origin': origin, 'access-control-expose-headers': '*', vary: 'Origin' };
  }

  #checkHost(host: string | undefined): void {
    const name = hostNameOf(host ?? '');
    if (isLoopbackName(name) || this.#hosts.has(name)) return;
    throw new GatewayError('origin_not_allowed', 'This Host is not served. The operator can list it in SHELLM_ALLOWED_HOSTS.', { param: 'Host' });
  }

  #checkOrigin(origin: string, host: string | undefined): void {
    if (this.#origins.has(origin.toLowerCase()) || (host !== undefined && isSameHost(origin, host))) return;
    throw new GatewayError('origin_not_allowed', 'Requests from this origin are not allowed. The operator can list it in SHELLM_CORS_ORIGINS.', { param: 'Origin' });
  }
}

function refuseForwarded(headers: FastifyRequest['headers']): void {
  const name = forwardedBy(headers);
  if (name !== undefined) throw new GatewayError('origin_not_allowed', 'Forwarded requests are refused while no client is configured. Set SHELLM_CLIENTS first.', { param: name });
}

function isExempt(url: string): boolean {
  return /^\/(health(\/(live|ready))?|metrics)(\?|$)/.test(url);
}

/** Whether a page of the origin is the host's own. */
export function isSameHost(origin: string, host: string): boolean {
  try {
    const { host: own, protocol } = new URL(origin);
    return own === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}

function hostNameOf(host: string): string {
  return host.replace(/:\d*$/, '').toLowerCase();
}
