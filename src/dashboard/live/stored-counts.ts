import { Injectable } from '@nestjs/common';
import { Jobs } from '../../runs/jobs/jobs.js';
import { SessionService } from '../../sessions/session.service.js';
import { UsageLog } from '../../usage/usage-log.js';

/** The database is asked so often at most. Milliseconds. */
const AGE_MS = 2000;
const MINUTE_MS = 60_000;

export interface Counts {
  readonly sessions: number;
  readonly jobs: { readonly queued: number; readonly running: number };
  /** Completions that began within it and are over. */
  readonly last_minute: { readonly requests: number; readonly errors: number };
}

/** What only the database knows: as it was when it was asked last. */
@Injectable()
export class StoredCounts {
  #latest: Counts | undefined;
  #asking: Promise<void> | undefined;
  #askedAt = -Infinity;

  constructor(
    private readonly sessions: SessionService,
    private readonly jobs: Jobs,
    private readonly log: UsageLog,
  ) {}

  /** Undefined before the database has answered. */
  get latest(): Counts | undefined {
    return this.#latest;
  }

  /** Asks where the answer is too old. Never rejects. */
  refresh(): Promise<void> {
    if (performance.now() - this.#askedAt > AGE_MS) this.#asking ??= this.#ask();
    return this.#asking ?? Promise.resolve();
  }

  async #ask(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      const [sessions, jobs, minute] = await Promise.all([this.sessions.count(), this.jobs.unfinished(), this.log.since(Date.now() - MINUTE_MS)]);
      this.#latest = { sessions, jobs: { queued: jobs.get('queued') ?? 0, running: jobs.get('running') ?? 0 }, last_minute: minute };
    } catch {
      // The database is away: what was known is shown on.
    } finally {
      this.#asking = undefined;
    }
  }
}
