import { type Kysely } from 'kysely';
import { type Database } from '../storage/database.js';

/** What is to be done. Who does it knows what it is by its id: a queue holds nothing else. */
export interface QueueEntry {
  /** A UUID. One that is in the queue already stays as it is. */
  readonly id: string;
  /** The higher ones first; of equal ones the oldest. */
  readonly priority?: number;
  /** Before it is due. Milliseconds. */
  readonly delayMs?: number;
}

/** The right to work on an entry: renewed while it is used, or another instance gets it. */
export interface Claim {
  readonly id: string;
  readonly priority: number;
  /** Which of the claims on the entry it is, in the engine's own words. */
  readonly token: string | number;
}

/** Queues in the database. Every method rejects where the database is away; to try again is for the caller. */
export interface QueueEngine {
  /** How often it is worth looking what others have added. Milliseconds. */
  readonly pollMs: number;
  /** How often claims are renewed. Milliseconds. */
  readonly renewMs: number;
  /** @param db the transaction that it is to be a part of */
  add(queue: string, entry: QueueEntry, db: Kysely<Database>): Promise<void>;
  /** Up to `limit` entries that are due and that nobody works on. */
  claim(queue: string, limit: number): Promise<Claim[]>;
  /** Resolves with the ids of the claims that still hold. */
  renew(queue: string, claims: readonly Claim[]): Promise<ReadonlySet<string>>;
  /** It is done. Nothing where the claim holds no more. */
  complete(queue: string, claim: Claim): Promise<void>;
  /** It is to be done later, by whoever is there. Nothing where the claim holds no more. */
  release(queue: string, claim: Claim, delayMs: number): Promise<void>;
  /** Takes an entry out, whoever works on it: that claim holds no more. */
  cancel(queue: string, id: string, db: Kysely<Database>): Promise<void>;
  close(): Promise<void>;
}

/** Token of the {@link QueueEngine}. */
export const QUEUE_ENGINE = Symbol('QUEUE_ENGINE');
