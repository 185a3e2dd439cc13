import { describe, expect, it } from '@jest/globals';
import { RedisSettings } from './redis-settings.js';
import { readSettings } from '../config/settings.js';

const read = (url: string): RedisSettings => readSettings(RedisSettings, () => url);

describe(RedisSettings.name, () => {
  it.each(['redis://127.0.0.1', 'redis://127.0.0.1:6379/', 'redis://:p%40ss@host:6380/12', 'rediss://user:password@redis.example', 'redis://[::1]:6379/0'])('takes %s', (url) => {
    expect(read(url).redisUrl).toBe(url);
  });

  it.each(['127.0.0.1:6379', 'http://127.0.0.1', 'redis://', 'redis:///0', 'redis://host:99999', 'redis://host/zero', 'redis://host/0/1', 'redis://%zz@host'])(
    'refuses %s in a line that does not show it',
    (url) => {
      expect(() => read(url)).toThrow('REDIS_URL: must be a URL such as redis://user:password@host:6379/0, with rediss:// for TLS');
    },
  );
});
