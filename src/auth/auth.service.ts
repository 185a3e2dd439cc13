import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { AuthSettings } from './auth-settings.js';
import { type Client, openClient } from './client.js';
import { keyIdOf } from './issued-key.js';
import { KeyDigest } from './key-digest.js';
import { bucketOf, KeyRing } from './key-ring.js';
import { isLocalPass, localClient } from './local-pass.js';
import { parseClients } from './parse-clients.js';
import { Passes } from './pass.js';
import { ServerSettings } from '../config/server-settings.js';
import { ConfigurationError } from '../config/settings.js';
import { LOG, type Log } from '../observability/log.js';

interface Entry {
  readonly client: Client;
  readonly digest: Buffer;
  readonly webhookSecret: string | undefined;
}

/** Who holds which key: the clients of `SHELLM_CLIENTS` and those of issued keys. Keys themselves are not kept: only their digests are. */
@Injectable()
export class AuthService implements OnApplicationBootstrap {
  readonly #configured: ReadonlyMap<string, Entry>;

  constructor(
    settings: AuthSettings,
    private readonly server: ServerSettings,
    private readonly digest: KeyDigest,
    private readonly keys: KeyRing,
    private readonly passes: Passes,
    @Inject(LOG) private readonly log: Log,
  ) {
    const entries = parseClients(settings.clients).map(({ key, client, webhookSecret }): Entry => ({ client, digest: digest.of(key), webhookSecret }));
    this.#configured = new Map(entries.map((entry) => [bucketOf(entry.digest), entry]));
  }

  /**
   * No client is configured and no key was ever issued: every request is served, on loopback only. It ends for good with the first of either: with a
   * configuration that got lost, or keys that were revoked, nobody is served.
   */
  get open(): boolean {
    return this.#configured.size === 0 && this.keys.untouched;
  }

  /** The clients of `SHELLM_CLIENTS`. */
  get configured(): readonly Client[] {
    return [...this.#configured.values()].map(({ client }) => client);
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.open && !this.server.loopbackOnly) this.log.warn('SHELLM_AUTH=off: everybody who can reach this address is served');
    if (this.#configured.size > 0) await this.keys.close();
    else if (!this.open && this.keys.list().length === 0) {
      this.log.warn('no key is known any more, so that every request is refused: set SHELLM_CLIENTS, or run `shellm keys create NAME --scopes admin`');
    }
  }

  /** @throws ConfigurationError where everybody is served and others than this machine can ask */
  refuseOpenOnNetwork(): void {
    if (this.open && this.server.auth && !this.server.loopbackOnly) {
      throw new ConfigurationError(
        'SHELLM_HOST: without clients the gateway listens on loopback only; set SHELLM_CLIENTS, run `shellm keys create NAME`, or set SHELLM_AUTH=off to serve everybody who can reach it',
      );
    }
  }

  /** The client that a presented key belongs to, or undefined. Looked up by a fixed-length digest, compared in constant time. */
  authenticate(key: string | undefined): Client | undefined {
    if (this.open) return openClient;
    if (key === undefined || key === '') return undefined;
    const digest = this.digest.of(key);
    const bucket = bucketOf(digest);
    const entry = this.#configured.get(bucket) ?? this.keys.find(bucket);
    return entry !== undefined && timingSafeEqual(entry.digest, digest) ? entry.client : undefined;
  }

  /** The client of the commands on this machine, where the pass that one of them shows is good. Whoever asks knows where it came from. */
  authenticateLocal(pass: string): Client | undefined {
    return isLocalPass(this.passes, pass, Date.now()) ? localClient : undefined;
  }

  /** What of a key names it for as long as it lives, and says nothing of it. */
  fingerprintOf(key: string): string {
    return Buffer.from(bucketOf(this.digest.of(key)), 'latin1').toString('base64url');
  }

  /** Who holds the key of a fingerprint; undefined for one that is revoked, replaced or expired. Whoever asks knows that the fingerprint is of our making. */
  holderOf(fingerprint: string): Client | undefined {
    const bucket = Buffer.from(fingerprint, 'base64url').toString('latin1');
    return (this.#configured.get(bucket) ?? this.keys.find(bucket))?.client;
  }

  /** The client of an id as it is now; undefined for one that is gone, revoked or expired. */
  find(id: string): Client | undefined {
    if (id === openClient.id) return this.open ? openClient : undefined;
    if (id === localClient.id) return localClient;
    return this.#configuredAs(id)?.client ?? this.keys.clientOf(id);
  }

  /** What a client's callbacks are signed with; undefined where it has no secret of its own. */
  webhookSecretOf(id: string): string | undefined {
    const keyId = keyIdOf(id);
    return keyId === undefined ? this.#configuredAs(id)?.webhookSecret : this.digest.webhookSecretOf(keyId);
  }

  #configuredAs(id: string): Entry | undefined {
    return [...this.#configured.values()].find(({ client }) => client.id === id);
  }
}
