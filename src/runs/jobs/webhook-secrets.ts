import { Injectable } from '@nestjs/common';
import { AuthService } from '../../auth/auth.service.js';

/** What each client's callbacks are signed with. */
@Injectable()
export class WebhookSecrets {
  readonly #own: string;

  /** @param own the gateway's, for clients that have none */
  constructor(
    private readonly auth: AuthService,
    own: string,
  ) {
    this.#own = own;
  }

  of(client: string): string {
    return this.auth.webhookSecretOf(client) ?? this.#own;
  }
}
