import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

export class StorageSettings {
  /** PostgreSQL in place of the file in the data folder. */
  @Env('DATABASE_URL', { secret: true })
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a URL that begins with postgres:// or postgresql://' })
  databaseUrl: string | undefined;

  /** How many megabytes are kept of one client at most, of each kind: sessions, conversations, stored responses, answers under an `Idempotency-Key`, files. */
  @Env('SHELLM_CLIENT_STORE_MB')
  @Int()
  @IsInt({ message: 'must be a number of megabytes' })
  @Min(1)
  @Max(1_000_000)
  clientStoreMb: number = 256;

  /** How long things are kept that can be asked for again: stored responses, conversations, files, batches, usage. Days. */
  @Env('SHELLM_RETENTION_DAYS')
  @Int()
  @IsInt({ message: 'must be a number of days' })
  @Min(1)
  @Max(3660)
  retentionDays: number = 30;

  /** The same in milliseconds. */
  get retentionMs(): number {
    return this.retentionDays * 86_400_000;
  }

  /** {@link clientStoreMb} in bytes. */
  get clientStoreBytes(): number {
    return this.clientStoreMb * 1024 ** 2;
  }
}
