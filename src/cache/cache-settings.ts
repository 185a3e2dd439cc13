import { IsIn, IsInt, IsOptional, Max, Min } from 'class-validator';
import { MAX_TTL_S } from './requested-ttl.js';
import { Env, Int } from '../config/settings.js';

export class CacheSettings {
  /** How long answers are kept for requests that do not say; 0: they are not. Seconds. */
  @Env('SHELLM_CACHE_TTL_S')
  @Int()
  @IsInt({ message: 'must be a number of seconds' })
  @Min(0)
  @Max(MAX_TTL_S)
  ttlS: number = 0;

  /** Where they are kept. Undefined: in Redis where there is one, else in memory. */
  @Env('SHELLM_CACHE_STORE')
  @IsOptional()
  @IsIn(['memory', 'database', 'redis'], { message: 'must be memory, database or redis' })
  store: 'memory' | 'database' | 'redis' | undefined;

  /** How many megabytes they take at most, all together. */
  @Env('SHELLM_CACHE_MB')
  @Int()
  @IsInt({ message: 'must be a number of megabytes' })
  @Min(1)
  @Max(1_000_000)
  megabytes: number = 64;

  /** The same in bytes. */
  get bytes(): number {
    return this.megabytes * 1024 ** 2;
  }
}
