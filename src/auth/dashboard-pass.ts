import { Injectable } from '@nestjs/common';
import { AuthService } from './auth.service.js';
import { type Client } from './client.js';
import { Passes } from './pass.js';

/** How long somebody stays signed in. Seconds. */
export const SIGNED_IN_S = 12 * 3600;

/** Who is signed in to the dashboard: passes in place of keys, which end with the key that they were given for. */
@Injectable()
export class DashboardPass {
  constructor(
    private readonly passes: Passes,
    private readonly auth: AuthService,
  ) {}

  /** For the holder of a key, who has shown it. */
  issue(key: string): string {
    return this.passes.sign('dashboard', this.auth.fingerprintOf(key), Date.now() + SIGNED_IN_S * 1000);
  }

  /** Whose pass it is; undefined where it is over, or its key is revoked, replaced, or no admin's any more. */
  clientOf(text: string): Client | undefined {
    const pass = this.passes.read('dashboard', text, Date.now());
    const client = pass && this.auth.holderOf(pass.subject);
    return client?.scopes.includes('admin') === true ? client : undefined;
  }
}
