import { Injectable } from '@nestjs/common';
import { hash, timingSafeEqual } from 'node:crypto';
import { AuthSettings } from './auth-settings.js';
import { type Client, openClient } from './client.js';
import { parseClients } from './parse-clients.js';
import { ServerSettings } from '../config/server-settings.js';
import { ConfigurationError } from '../config/settings.js';

interface Entry {
  readonly client: Client;
  readonly digest: Buffer;
}

/** Who holds which key. Keys themselves are not kept: only their digests are. */
@Injectable()
export class AuthService {
  /** No client is configured: every request is served, on loopback only. */
  readonly open: boolean;
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(settings: AuthSettings, server: ServerSettings) {
    const entries = parseClients(settings.clients).map(({ key, client }): Entry => ({ client, digest: digestOf(key) }));
    this.#entries = new Map(entries.map((entry) => [bucketOf(entry.digest), entry]));
    this.open = entries.length === 0;
    if (this.open && server.auth && !server.loopbackOnly) {
      throw new ConfigurationError('SHELLM_HOST: without clients the gateway listens on loopback only; set SHELLM_CLIENTS, or SHELLM_AUTH=off to serve everybody who can reach it');
    }
  }

  /** The client that a presented key belongs to, or undefined. Looked up by a fixed-length digest, compared in constant time. */
  authenticate(key: string | undefined): Client | undefined {
    if (this.open) return openClient;
    if (key === undefined || key === '') return undefined;
    const digest = digestOf(key);
    const entry = this.#entries.get(bucketOf(digest));
    return entry !== undefined && timingSafeEqual(entry.digest, digest) ? entry.client : undefined;
  }
}

function digestOf(key: string): Buffer {
  return hash('sha256', key, 'buffer');
}

function bucketOf(digest: Buffer): string {
  return digest.toString('latin1', 0, 16);
}
