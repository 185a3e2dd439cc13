import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { UsageStore } from './usage-store.js';
import { LOG, type Log } from '../observability/log.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { StorageSettings } from '../storage/storage-settings.js';

const EVERY_MS = 600_000;

/** Deletes what of the ledger is too old. */
@Injectable()
export class UsageCleanUp implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly store: UsageStore,
    private readonly settings: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => void this.cleanUp(), EVERY_MS).unref();
    void this.cleanUp();
  }

  onApplicationShutdown(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /** Never rejects. */
  async cleanUp(): Promise<void> {
    const now = Date.now();
    try {
      await this.store.removeBefore(now - this.settings.retentionMs, now);
    } catch (error) {
      if (!this.#closed && !(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'old usage could not be deleted');
    }
  }
}
