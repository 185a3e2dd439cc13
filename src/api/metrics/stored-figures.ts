import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure } from './pool-figures.js';
import { type GaugeFigure } from '../../observability/metrics/gauge-figure.js';
import { Jobs } from '../../runs/jobs/jobs.js';
import { SessionService } from '../../sessions/session.service.js';

/** The database is asked so often at most, however often somebody looks; and nobody waits longer for it. Milliseconds. */
const AGE_MS = 10_000;
const WAIT_MS = 250;

/** What only the database knows, as it was when it was asked last; and whether it answers. */
@Injectable()
export class StoredFigures {
  #askedAt = -Infinity;
  #asking: Promise<void> | undefined;
  #up = true;
  #sessions = 0;
  #jobs: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly sessions: SessionService,
    private readonly jobs: Jobs,
  ) {}

  get figures(): readonly GaugeFigure[] {
    return [
      figure('shellm_database_up', 'Whether the database answered when it was asked last.', () => Number(this.#up)),
      figure('shellm_sessions', 'Sessions that are stored, of all instances.', () => this.#sessions),
      {
        name: 'shellm_jobs',
        help: 'Jobs that wait (queued) or run, of all instances.',
        labels: ['status'],
        read: () => ['queued', 'running'].map((status) => [{ status }, this.#jobs.get(status) ?? 0] as const),
      },
    ];
  }

  /** Resolves when the figures are fresh, or shortly: then they are the last ones. Never rejects. */
  async refresh(): Promise<void> {
    if (!this.#asking && performance.now() - this.#askedAt > AGE_MS) this.#asking = this.#ask();
    if (!this.#asking) return;
    const answered = await Promise.race([this.#asking.then(() => true), sleep(WAIT_MS, false, { ref: false })]);
    if (!answered) this.#up = false;
  }

  async #ask(): Promise<void> {
    this.#askedAt = performance.now();
    try {
      [this.#sessions, this.#jobs] = await Promise.all([this.sessions.count(), this.jobs.unfinished()]);
      this.#up = true;
    } catch {
      this.#up = false;
    } finally {
      this.#asking = undefined;
    }
  }
}
