import { hash, hkdfSync, randomBytes } from 'node:crypto';

/** What keys are made of, and what is kept of them. */
export class KeyDigest {
  readonly #secret: string;
  readonly #inner: Buffer;
  readonly #outer: Buffer;

  constructor(secret: string) {
    this.#secret = secret;
    const block = blockOf(secret);
    this.#inner = block.map((byte) => byte ^ 0x36) as Buffer;
    this.#outer = Buffer.concat([block.map((byte) => byte ^ 0x5c), Buffer.alloc(DIGEST_BYTES)]);
  }

  /**
   * HMAC-SHA-256 of a key: 32 bytes, whatever is given. By its definition (RFC 2104): Node's own `Hmac` is an object of native memory for each call, whose end costs
   * the garbage collector more than the two hashes take.
   */
  of(key: string): Buffer {
    this.#outer.set(sha256(Buffer.concat([this.#inner, Buffer.from(key)])), BLOCK_BYTES);
    return sha256(this.#outer);
  }

  /** What a client's callbacks are signed with (https://www.standardwebhooks.com). Made from its id, so that no table holds it. */
  webhookSecretOf(id: string): string {
    return `whsec_${Buffer.from(hkdfSync('sha256', this.#secret, '', `webhook ${id}`, 32)).toString('base64')}`;
  }
}

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

function sha256(data: Buffer): Buffer {
  return hash('sha256', data, 'buffer');
}

function blockOf(secret: string): Buffer {
  const bytes = Buffer.from(secret);
  return Buffer.concat([bytes.length > BLOCK_BYTES ? sha256(bytes) : bytes], BLOCK_BYTES);
}

/** A key that nobody has yet: 256 random bits. */
export function newKey(): string {
  return `sk-shellm-${randomBytes(32).toString('base64url')}`;
}
