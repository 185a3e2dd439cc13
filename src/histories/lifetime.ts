import { type RawBuilder, sql, type SqlBool } from 'kysely';

/** How long histories live. Milliseconds. */
export interface Lifetime {
  /** Without a turn. */
  readonly ttlMs: number;
  /** At all. */
  readonly maxAgeMs: number;
}

/** The condition of those that have not expired, in any table of histories. One that has is as good as none. */
export function alive({ ttlMs, maxAgeMs }: Lifetime, now: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`(used_at > ${now - ttlMs} and created_at > ${now - maxAgeMs})`;
}
