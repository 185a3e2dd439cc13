import { type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { type Client } from './client.js';
import { clientOf, type IssuedKey, type KeyTerms } from './issued-key.js';
import { type KeyDigest, newKey } from './key-digest.js';
import { KeyStore } from './key-store.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Log } from '../observability/log.js';
import { type Storage } from '../storage/storage.js';

/** A change that another process made is seen within two seconds, also where a query takes its time. */
const LOOK_EVERY_MS = 1000;
/** All living keys are in memory. */
const MAX_KEYS = 10_000;

interface Held {
  readonly client: Client;
  readonly digest: Buffer;
  readonly key: IssuedKey;
}

/** All that is known of keys, for a worker (`SHELLM_WORKERS`). */
export interface KeySnapshot {
  readonly untouched: boolean;
  /** Living keys; digests in base64. */
  readonly held: readonly { readonly key: IssuedKey; readonly digest: string }[];
}

/** A key with its value, which is shown this once. */
export interface NewKey {
  readonly issued: IssuedKey;
  readonly key: string;
  readonly webhookSecret: string;
}

/**
 * The issued keys. All that live are in memory, so that to ask for one costs no query; what another process changed is seen after two
 * seconds at most. Where the database is away, what was known stays in force.
 */
export class KeyRing implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: KeyStore;
  #byDigest: ReadonlyMap<string, Held> = new Map();
  #revision = 0;
  #looking: NodeJS.Timeout | undefined;
  #away = false;
  #busy = false;
  /** Told of each change, before whoever made it hears that it is made. Never rejects. */
  heard: (() => Promise<void>) | undefined;

  static async open(storage: Storage, digest: KeyDigest, log: Log, now: () => number = Date.now): Promise<KeyRing> {
    const ring = new KeyRing(storage, digest, log, now);
    await ring.#load();
    return ring;
  }

  private constructor(
    storage: Storage,
    private readonly digest: KeyDigest,
    private readonly log: Log,
    private readonly now: () => number,
  ) {
    this.#store = new KeyStore(storage);
  }

  onApplicationBootstrap(): void {
    this.#looking = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.#looking);
  }

  /** There never was a client or key, here or before a restart. */
  get untouched(): boolean {
    return this.#revision === 0;
  }

  get snapshot(): KeySnapshot {
    return { untouched: this.untouched, held: [...this.#byDigest.values()].map(({ key, digest }) => ({ key, digest: digest.toString('base64') })) };
  }

  /** Who holds the key of a digest; undefined too for one that has expired. */
  find(bucket: string): Held | undefined {
    return this.#unlessExpired(this.#byDigest.get(bucket));
  }

  /** The client of an id, where its key lives. */
  clientOf(id: string): Client | undefined {
    return this.#unlessExpired([...this.#byDigest.values()].find(({ client }) => client.id === id))?.client;
  }

  /** Living keys, the oldest first. */
  list(): IssuedKey[] {
    return [...this.#byDigest.values()].map(({ key }) => key);
  }

  /** Revoked keys, the newest first; at most a thousand. @throws GatewayError where the database is away */
  revoked(): Promise<IssuedKey[]> {
    return this.#store.revoked();
  }

  /** @throws GatewayError `not_found` */
  get(id: string): IssuedKey {
    const found = this.list().find((key) => key.id === id);
    if (!found) throw notFound();
    return found;
  }

  /** @throws NameTakenError; GatewayError where there are too many */
  async create(terms: KeyTerms): Promise<NewKey> {
    if (this.#byDigest.size >= MAX_KEYS) throw new GatewayError('invalid_parameter', `There are ${MAX_KEYS} keys already: revoke some.`);
    const id = `key_${randomBytes(12).toString('hex')}`;
    const key = newKey();
    await this.#store.insert(id, terms, key, this.digest.of(key), this.now());
    return this.#shown(id, key);
  }

  /** @throws GatewayError `not_found`; NameTakenError */
  async update(id: string, terms: KeyTerms): Promise<IssuedKey> {
    if (!(await this.#store.update(id, terms))) throw notFound();
    await this.#load();
    return this.get(id);
  }

  /** Another value for the same client: the old one ends at once. @throws as `update` */
  async rotate(id: string, terms: KeyTerms): Promise<NewKey> {
    const key = newKey();
    if (!(await this.#store.update(id, terms, { key, digest: this.digest.of(key) }))) throw notFound();
    return this.#shown(id, key);
  }

  /** @throws GatewayError `not_found` */
  async revoke(id: string): Promise<void> {
    if (!isKeyId(id) || !(await this.#store.revoke(id, this.now()))) throw notFound();
    await this.#load();
  }

  /** Ends open mode for good: there are clients. */
  async close(): Promise<void> {
    if (!this.untouched) return;
    await this.#store.countUp();
    await this.#load();
  }

  /** Takes in what other processes changed. Never rejects. */
  async look(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      if ((await this.#store.revision()) !== this.#revision) await this.#load();
      if (this.#away) this.log.info('keys can be read again');
      this.#away = false;
    } catch (error) {
      if (!this.#away) this.log.warn({ err: error }, 'keys cannot be read: those that are known stay in force');
      this.#away = true;
    } finally {
      this.#busy = false;
    }
  }

  #unlessExpired(held: Held | undefined): Held | undefined {
    return held && (held.key.expiresAt === undefined || held.key.expiresAt > this.now()) ? held : undefined;
  }

  async #shown(id: string, key: string): Promise<NewKey> {
    await this.#load();
    return { issued: this.get(id), key, webhookSecret: this.digest.webhookSecretOf(id) };
  }

  /** The revision first: a change in between is then seen at the next look. */
  async #load(): Promise<void> {
    const revision = await this.#store.revision();
    const living = await this.#store.living();
    if (revision < this.#revision) return; // a later load overtook this one
    this.#byDigest = new Map(living.map(({ key, digest }) => [bucketOf(digest), { key, digest, client: clientOf(key) }]));
    this.#revision = revision;
    await this.heard?.();
  }
}

/** Where a digest is looked for. */
export function bucketOf(digest: Buffer): string {
  return digest.toString('latin1', 0, 16);
}

function notFound(): GatewayError {
  return new GatewayError('not_found', 'There is no such key. It may have been revoked.', { param: 'id' });
}

/** What is no id is not looked for: no database takes every character. */
function isKeyId(id: string): boolean {
  return /^key_[0-9a-f]+$/.test(id);
}
