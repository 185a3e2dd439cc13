import { IsOptional, ValidateBy } from 'class-validator';
import { Env } from '../config/settings.js';

const message = 'must be a URL such as redis://user:password@host:6379/0, with rediss:// for TLS';

export class RedisSettings {
  /** Limits that many instances share; each keeps its own where unset. */
  @Env('REDIS_URL', { secret: true })
  @IsOptional()
  @ValidateBy({ name: 'redisUrl', validator: { validate: isRedisUrl, defaultMessage: () => message } })
  redisUrl: string | undefined;
}

/** What the client would only find out later, or take for something else. */
function isRedisUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(value);
  if (!/^rediss?:$/.test(protocol) || hostname === '' || !/^\/?\d{0,5}$/.test(pathname)) return false;
  try {
    decodeURIComponent(username + password);
    return true;
  } catch {
    return false;
  }
}
