import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';
import { Env, Int } from '../config/settings.js';

export class StorageSettings {
  /** PostgreSQL in place of the file in the data folder. */
  @Env('DATABASE_URL')
  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must be a URL that begins with postgres:// or postgresql://' })
  databaseUrl: string | undefined;

  /** How many megabytes are kept of one client at most, of each kind: sessions, stored responses, answers under an `Idempotency-Key`, files. */
  @Env('SHELLM_CLIENT_STORE_MB')
  @Int()
  @IsInt({ message: 'must be a number of megabytes' })
  @Min(1)
  @Max(1_000_000)
  clientStoreMb: number = 256;

  /** The same in bytes. */
  get clientStoreBytes(): number {
    return this.clientStoreMb * 1024 ** 2;
  }
}
