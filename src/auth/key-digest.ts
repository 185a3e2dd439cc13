import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What keys are made of, and what is kept of them. */
export class KeyDigest {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** HMAC-SHA-256 of a key: 32 bytes, whatever is given. */
  of(key: string): Buffer {
    return createHmac('sha256', this.#secret).update(key).digest();
  }

  /** What a client's callbacks are signed with (https://www.standardwebhooks.com). Made from its id, so that no table holds it. */
  webhookSecretOf(id: string): string {
    return `whsec_${Buffer.from(hkdfSync('sha256', this.#secret, '', `webhook ${id}`, 32)).toString('base64')}`;
  }
}

/** A key that nobody has yet: 256 random bits. */
export function newKey(): string {
  return `sk-shellm-${randomBytes(32).toString('base64url')}`;
}
