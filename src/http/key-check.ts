import { Injectable } from '@nestjs/common';
import { clientAddress } from './client-address.js';
import { dashboardPassOf } from './dashboard-cookie.js';
import { type GatewayRequest } from './gateway-request.js';
import { isLocal } from './is-local.js';
import { presentedKey } from './presented-key.js';
import { AuthService } from '../auth/auth.service.js';
import { type Client } from '../auth/client.js';
import { DashboardPass } from '../auth/dashboard-pass.js';
import { looksLocal } from '../auth/local-pass.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { WrongKeys } from '../rate-limit/wrong-keys.js';

/** The routes whose bodies are read for anybody, where they are short: one of them brings a key. Bytes. */
const forAnybody = /^\/dashboard\/api\/sign-(in|out)$/;
const MAX_FOR_ANYBODY = 4096;

/** Finds out who asks: once a request, before its body is read. */
@Injectable()
export class KeyCheck {
  constructor(
    private readonly auth: AuthService,
    private readonly wrongKeys: WrongKeys,
    private readonly passes: DashboardPass,
  ) {}

  /** Before the body: nobody makes the gateway read and parse one without a key. @throws GatewayError `invalid_api_key`, `rate_limit_exceeded` */
  beforeBody(request: GatewayRequest): void {
    const { headers } = request;
    const client = this.identify(request);
    if (client) request.client = client;
    else if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > maxUnknown(request.url)) throw this.#refusal(request);
  }

  /** Whose key or pass a request shows, at this moment. */
  identify(request: Pick<GatewayRequest, 'headers' | 'raw'>): Client | undefined {
    const { headers } = request;
    const key = presentedKey(headers);
    const client = this.auth.authenticate(key);
    if (client) return client;
    if (key !== undefined && looksLocal(key)) return isLocal(request) ? this.auth.authenticateLocal(key) : undefined;
    if (headers.cookie === undefined) return undefined;
    const pass = dashboardPassOf(headers);
    return pass === undefined ? undefined : this.passes.clientOf(pass);
  }

  /** The client of a request whose route needs one. @throws as `beforeBody` */
  require(request: GatewayRequest): Client {
    const client = request.client as Client | undefined;
    if (!client) throw this.#refusal(request);
    request.context.client = client.id;
    return client;
  }

  /** The client of a key that the body of a request shows. @throws as `beforeBody` */
  signIn(request: GatewayRequest, key: string): Client {
    const client = this.auth.authenticate(key);
    if (!client) throw this.#refusal(request, key, 'This API key is not known.');
    request.context.client = client.id;
    return client;
  }

  #refusal(
    request: GatewayRequest,
    key = presentedKey(request.headers),
    message = 'Incorrect or missing API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".',
  ): GatewayError {
    const address = clientAddress(request);
    request.context.address = address;
    const wait = key === undefined ? 0 : this.wrongKeys.note(address, performance.now());
    if (wait > 0) {
      return new GatewayError('rate_limit_exceeded', `Too many wrong API keys from this address. Try again in ${wait} s.`, { retryAfter: wait, shouldRetry: false });
    }
    return new GatewayError('invalid_api_key', message, { headers: { 'www-authenticate': 'Bearer' } });
  }
}

/** Bytes of a body that are read whoever sends them. */
function maxUnknown(url: string): number {
  return forAnybody.test(url) ? MAX_FOR_ANYBODY : 0;
}
