import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS } from './access.decorator.js';
import { type GatewayRequest } from './gateway-request.js';
import { KeyCheck } from './key-check.js';
import { MetricsSettings } from './metrics-settings.js';
import { type Scope } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** The global guard: a route is public, or needs a key with its scope; a route that says nothing is closed. `SHELLM_METRICS_AUTH=off` makes public what needs the scope `metrics`. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: KeyCheck,
    private readonly reflector: Reflector,
    private readonly settings: MetricsSettings,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(this.reflector, context);
    if (access === 'public' || (access === 'metrics' && !this.settings.metricsAuth)) return true;
    const client = this.keys.require(context.switchToHttp().getRequest<GatewayRequest>());
    if (access === undefined || !(client.scopes.includes(access) || client.scopes.includes('admin'))) {
      throw new GatewayError('insufficient_scope', access === undefined ? 'This endpoint is closed.' : `This key lacks the scope "${access}".`);
    }
    return true;
  }
}

/** The scope a route needs, `public`, or undefined where it says nothing. */
export function accessOf(reflector: Reflector, context: ExecutionContext): Scope | 'public' | undefined {
  return reflector.get<Scope | 'public' | undefined>(ACCESS, context.getHandler()) ?? reflector.get<Scope | 'public' | undefined>(ACCESS, context.getClass());
}
