import { Redis } from 'ioredis';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const url = process.env['SHELLM_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';

/** The address of a Redis for the tests; undefined where there is none, which is said. Name what you keep in it by chance: it is shared. */
export async function testRedis(): Promise<string | undefined> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: 2000, commandTimeout: 2000, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
    return url;
  } catch {
    process.stderr.write('SKIPPED: the specs over Redis; there is none at 127.0.0.1:6379 (SHELLM_TEST_REDIS_URL names another).\n');
    return undefined;
  } finally {
    redis.disconnect();
  }
}

export interface RedisProxy {
  readonly url: string;
  /** Connections break, and new ones come to nothing. */
  cut(): void;
  /** Connections stay, and nothing comes through any more. */
  silence(): void;
  restore(): void;
  close(): Promise<void>;
}

/** A way to a Redis that can be made to fail. */
export async function redisProxy(target: string): Promise<RedisProxy> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let state: 'open' | 'cut' | 'silent' = 'open';
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    keep(client);
    if (state === 'cut') {
      client.destroy();
      return;
    }
    const redis = keep(connect(Number(port === '' ? 6379 : port), hostname));
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', (chunk: Buffer) => {
        if (state === 'open') to.write(chunk);
      });
      from.on('close', () => to.destroy());
    };
    pass(client, redis);
    pass(redis, client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const own = new URL(target);
  own.hostname = '127.0.0.1';
  own.port = String((server.address() as AddressInfo).port);
  const breakAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: own.href,
    cut: () => {
      state = 'cut';
      breakAll();
    },
    silence: () => {
      state = 'silent';
    },
    restore: () => {
      // What was swallowed is lost: a connection that lacks it is of no use.
      if (state === 'silent') breakAll();
      state = 'open';
    },
    close: async () => {
      breakAll();
      server.close();
      await once(server, 'close');
    },
  };
}
