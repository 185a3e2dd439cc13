import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ACCESS } from './access.decorator.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { presentedKey } from './presented-key.js';
import { AuthService } from '../auth/auth.service.js';
import { type Scope } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';

/** The global guard: a route is public, or needs a key with its scope; a route that says nothing is closed. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly auth: AuthService,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = accessOf(this.reflector, context);
    if (access === 'public') return true;
    const http = context.switchToHttp();
    const request = http.getRequest<GatewayRequest>();
    const client = this.auth.authenticate(presentedKey(request.headers));
    if (!client) {
      void http.getResponse<GatewayReply>().header('www-authenticate', 'Bearer');
      throw new GatewayError('invalid_api_key', 'Incorrect or missing API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".');
    }
    request.client = client;
    request.context.client = client.id;
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
