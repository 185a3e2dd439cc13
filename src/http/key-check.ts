import { Injectable } from '@nestjs/common';
import { clientAddress } from './client-address.js';
import { type GatewayRequest } from './gateway-request.js';
import { presentedKey } from './presented-key.js';
import { AuthService } from '../auth/auth.service.js';
import { type Client } from '../auth/client.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { WrongKeys } from '../rate-limit/wrong-keys.js';

/** Finds out who asks: once a request, before its body is read. */
@Injectable()
export class KeyCheck {
  constructor(
    private readonly auth: AuthService,
    private readonly wrongKeys: WrongKeys,
  ) {}

  /** Before the body: nobody makes the gateway read and parse one without a key. @throws GatewayError `invalid_api_key`, `rate_limit_exceeded` */
  beforeBody(request: GatewayRequest): void {
    const { headers } = request;
    const client = this.auth.authenticate(presentedKey(request.headers));
    if (client) request.client = client;
    else if (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0) throw this.#refusal(request);
  }

  /** The client of a request whose route needs one. @throws as `beforeBody` */
  require(request: GatewayRequest): Client {
    const client = request.client as Client | undefined;
    if (!client) throw this.#refusal(request);
    request.context.client = client.id;
    return client;
  }

  #refusal(request: GatewayRequest): GatewayError {
    const address = clientAddress(request);
    request.context.address = address;
    const wait = presentedKey(request.headers) === undefined ? 0 : this.wrongKeys.note(address, performance.now());
    if (wait > 0) {
      return new GatewayError('rate_limit_exceeded', `Too many wrong API keys from this address. Try again in ${wait} s.`, { retryAfter: wait, shouldRetry: false });
    }
    return new GatewayError('invalid_api_key', 'Incorrect or missing API key. Send it as "Authorization: Bearer KEY" or "x-api-key: KEY".', {
      headers: { 'www-authenticate': 'Bearer' },
    });
  }
}
