import { type Client } from '../auth/client.js';
import { clientOf, type IssuedKey } from '../auth/issued-key.js';
import { bucketOf, type KeySnapshot } from '../auth/key-ring.js';

interface Held {
  readonly client: Client;
  readonly digest: Buffer;
  readonly key: IssuedKey;
}

/** The issued keys of a worker, in the place of the {@link KeyRing}: as the owner has them. */
export class PushedKeys {
  #byDigest: ReadonlyMap<string, Held> = new Map();
  untouched = true;

  install({ untouched, held }: KeySnapshot): void {
    this.untouched = untouched;
    this.#byDigest = new Map(
      held.map(({ key, digest: text }) => {
        const digest = Buffer.from(text, 'base64');
        return [bucketOf(digest), { key, digest, client: clientOf(key) }];
      }),
    );
  }

  find(bucket: string): Held | undefined {
    const held = this.#byDigest.get(bucket);
    return held && (held.key.expiresAt === undefined || held.key.expiresAt > Date.now()) ? held : undefined;
  }
}
