import { type Client } from '../../auth/client.js';
import { type IssuedKey } from '../../auth/issued-key.js';
import { type NewKey } from '../../auth/key-ring.js';
import { dollarsOf } from '../../usage/amount.js';
import { type BudgetState } from '../../usage/budgets.js';

/** A key as the API shows it, never with its value. Times are seconds since 1970. */
export interface KeyObject {
  readonly id: string;
  readonly object: 'api_key';
  readonly name: string;
  /** Where it comes from: `environment` is `SHELLM_CLIENTS`, which the API cannot change. */
  readonly source: 'issued' | 'environment';
  readonly masked: string | null;
  readonly rpm: number | null;
  readonly models: readonly string[] | null;
  readonly scopes: readonly string[];
  readonly max_concurrent: number | null;
  readonly budget: object | null;
  readonly redact: boolean;
  readonly created_at: number | null;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
}

export function encodeKey(key: IssuedKey): KeyObject {
  return {
    id: key.id,
    object: 'api_key',
    name: key.name,
    source: 'issued',
    masked: key.masked,
    ...limitsOf(key),
    created_at: seconds(key.createdAt),
    expires_at: key.expiresAt === undefined ? null : seconds(key.expiresAt),
    revoked_at: key.revokedAt === undefined ? null : seconds(key.revokedAt),
  };
}

export function encodeClient(client: Client): KeyObject {
  const never = { created_at: null, expires_at: null, revoked_at: null };
  return { id: client.id, object: 'api_key', name: client.name, source: 'environment', masked: null, ...limitsOf(client), ...never };
}

/** With the values that are shown this once. */
export function encodeNewKey({ issued, key, webhookSecret }: NewKey): KeyObject & { readonly key: string; readonly webhook_secret: string } {
  return { ...encodeKey(issued), key, webhook_secret: webhookSecret };
}

/** With what of its budget is spent, and when it begins anew. */
export function withState(key: KeyObject, { spent, resetsAt }: BudgetState): KeyObject {
  return { ...key, budget: { ...key.budget, spent_usd: dollarsOf(spent.nanos), spent_tokens: spent.tokens, resets_at: seconds(resetsAt) } };
}

function limitsOf({
  rpm,
  models,
  scopes,
  maxConcurrent,
  budget,
  redact,
}: Omit<Client, 'id' | 'name'>): Pick<KeyObject, 'rpm' | 'models' | 'scopes' | 'max_concurrent' | 'budget' | 'redact'> {
  return { rpm: rpm ?? null, models: models ?? null, scopes, max_concurrent: maxConcurrent ?? null, budget: budget ?? null, redact };
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
