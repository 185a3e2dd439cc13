import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type Stats, unwatchFile, watchFile } from 'node:fs';
import { ConfigFile } from './config/config-file.js';
import { ConfigurationError } from './config/settings.js';
import { LOG, type Log } from './observability/log.js';

/** Looked at by its time and size: a folder that is mounted from elsewhere tells nothing. */
const LOOK_EVERY_MS = 1000;

/** Takes the configuration file up again when it changes, and at SIGHUP. A file that cannot be used changes nothing. */
@Injectable()
export class Reload implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #reload = (): void => {
    this.reload();
  };
  /** A file that is not there is told once, as though it had changed. */
  readonly #changed = (now: Stats, before: Stats): void => {
    if (now.mtimeMs !== before.mtimeMs || now.size !== before.size) this.reload();
  };

  constructor(
    private readonly file: ConfigFile,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    for (const path of this.file.candidates) watchFile(path, { interval: LOOK_EVERY_MS, persistent: false }, this.#changed);
    process.on('SIGHUP', this.#reload);
  }

  onApplicationShutdown(): void {
    for (const path of this.file.candidates) unwatchFile(path, this.#changed);
    process.off('SIGHUP', this.#reload);
  }

  private reload(): void {
    try {
      if (this.file.reload()) this.log.info('the configuration file was read again');
      else this.log.warn('there is no configuration file: what the last one said stays in force');
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      this.log.error(`${error.message}; what the configuration file said before stays in force`);
    }
  }
}
