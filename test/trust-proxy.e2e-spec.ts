import { afterEach, describe, expect, it } from '@jest/globals';
import { bootGateway, call, type Gateway } from './support/boot.js';
import { spawnGateway } from './support/spawn-gateway.js';

const KEY = 'right-key-right-key-right-key-1';
const SHELLM_CLIENTS = JSON.stringify({ a: { key: KEY } });

describe('SHELLM_TRUST_PROXY', () => {
  let gateway: Gateway | undefined;
  afterEach(() => gateway?.close());

  /** How many wrong keys count before the next one is told to wait. */
  async function wrongKeys(forwardedFor: (count: number) => string): Promise<number> {
    for (let count = 0; count < 15; count++) {
      const { status } = await call(`${gateway?.url}/v1/models`, { headers: { 'x-api-key': `wrong-${count}`, 'x-forwarded-for': forwardedFor(count) } });
      if (status === 429) return count;
      expect(status).toBe(401);
    }
    return 15;
  }

  it('is off: whatever a client says of its address, it is one address', async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS });
    expect(await wrongKeys((count) => `203.0.113.${count}`)).toBe(10);
  });

  it.each(['127.0.0.1', '10.0.0.0/8, 127.0.0.0/8'])('of %s believes that proxy, and limits each client by its own address', async (SHELLM_TRUST_PROXY) => {
    gateway = await bootGateway({ SHELLM_CLIENTS, SHELLM_TRUST_PROXY });
    expect(await wrongKeys((count) => `203.0.113.${count}`)).toBe(15);
    expect(await wrongKeys(() => '198.51.100.7')).toBe(10);
    // Before the last address that a proxy of ours added, a client may write what it likes.
    expect(await wrongKeys((count) => `203.0.113.${count}, 198.51.100.7`)).toBe(0);
    // What is no address is the proxy's own.
    expect(await wrongKeys((count) => `unknown-${count}`)).toBe(10);
  });

  it('of another proxy believes nobody else', async () => {
    gateway = await bootGateway({ SHELLM_CLIENTS, SHELLM_TRUST_PROXY: '10.0.0.1' });
    expect(await wrongKeys((count) => `203.0.113.${count}`)).toBe(10);
  });

  it('does not open what is closed: without clients a forwarded request is refused', async () => {
    gateway = await bootGateway({ SHELLM_TRUST_PROXY: '127.0.0.1' });
    expect((await call(`${gateway.url}/v1/models`, { headers: { 'x-forwarded-for': '203.0.113.1' } })).body.error.code).toBe('origin_not_allowed');
  });

  it.each(['1', 'true', '10.0.0.0/33', 'proxy.example', '10.0.0.1,x', '*'])('of %j refuses to start', async (SHELLM_TRUST_PROXY) => {
    await expect(bootGateway({ SHELLM_TRUST_PROXY })).rejects.toThrow(/^SHELLM_TRUST_PROXY: must be addresses of proxies, or ranges of them/);
  });

  it('names the address of who was refused in the log, and of nobody else', async () => {
    const spawned = await spawnGateway({ SHELLM_CLIENTS, SHELLM_TRUST_PROXY: '127.0.0.1' });
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    await call(`${spawned.url}/v1/models`, { headers: { ...headers, 'x-api-key': 'wrong' } });
    await call(`${spawned.url}/v1/models`, { headers: { ...headers, 'x-api-key': KEY } });
    spawned.process.kill('SIGTERM');
    await spawned.exited;
    const lines = spawned
      .output()
      .split('\n')
      .filter((line) => line.includes('"path":"/v1/models"'))
      .map((line) => JSON.parse(line) as { status: number; address?: string });
    expect(lines.map(({ status, address }) => [status, address])).toEqual([
      [401, '203.0.113.9'],
      [200, undefined],
    ]);
    await spawned.dispose();
  });
});
