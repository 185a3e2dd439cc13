import { type Client, type Scope } from './client.js';
import { type Budget } from '../kernel/budget.js';
import { type ApiKeysTable } from '../storage/database.js';

/** What can be chosen and changed of an issued key. Times are milliseconds since 1970. */
export interface KeyTerms {
  readonly name: string;
  readonly rpm: number | undefined;
  readonly models: readonly string[] | undefined;
  readonly scopes: readonly Scope[];
  readonly maxConcurrent: number | undefined;
  readonly budget: Budget | undefined;
  readonly redact: boolean;
  readonly expiresAt: number | undefined;
}

/** An issued key, without its value. */
export interface IssuedKey extends KeyTerms {
  readonly id: string;
  /** `sk-shellm-…abcd`. */
  readonly masked: string;
  readonly createdAt: number;
  readonly revokedAt: number | undefined;
}

const CLIENT_PREFIX = 'key:';

/** The id of the key that a client has; undefined for one that has none. */
export function keyIdOf(client: string): string | undefined {
  return client.startsWith(CLIENT_PREFIX) ? client.slice(CLIENT_PREFIX.length) : undefined;
}

/** The id of the client that an issued key speaks for. */
export function clientIdOf(keyId: string): string {
  return `${CLIENT_PREFIX}${keyId}`;
}

/** The client that an issued key speaks for: named by the key's id, which a new value does not change. */
export function clientOf({ id, name, rpm, models, scopes, maxConcurrent, budget, redact }: IssuedKey): Client {
  return { id: clientIdOf(id), name, rpm, models, scopes, maxConcurrent, budget, redact };
}

export function decodeKey(row: ApiKeysTable): IssuedKey {
  return {
    id: row.id,
    name: row.name,
    masked: `sk-shellm-…${row.last4}`,
    rpm: row.rpm ?? undefined,
    models: row.models === null ? undefined : (JSON.parse(row.models) as string[]),
    scopes: JSON.parse(row.scopes) as Scope[],
    maxConcurrent: row.max_concurrent ?? undefined,
    budget: row.budget === null ? undefined : (JSON.parse(row.budget) as Budget),
    redact: row.redact === 1,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}

export function encodeTerms({
  name,
  rpm,
  models,
  scopes,
  maxConcurrent,
  budget,
  redact,
  expiresAt,
}: KeyTerms): Omit<ApiKeysTable, 'id' | 'digest' | 'last4' | 'created_at' | 'revoked_at'> {
  return {
    name,
    rpm: rpm ?? null,
    models: models === undefined ? null : JSON.stringify(models),
    scopes: JSON.stringify(scopes),
    max_concurrent: maxConcurrent ?? null,
    budget: budget === undefined ? null : JSON.stringify(budget),
    redact: redact ? 1 : 0,
    expires_at: expiresAt ?? null,
  };
}
