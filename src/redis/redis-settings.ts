import { IsOptional, Matches } from 'class-validator';
import { Env } from '../config/settings.js';

export class RedisSettings {
  /** Limits that many instances share; each keeps its own where unset. */
  @Env('REDIS_URL')
  @IsOptional()
  @Matches(/^rediss?:\/\/[^\s/]/, { message: 'must be a URL that begins with redis:// or rediss://' })
  redisUrl: string | undefined;
}
