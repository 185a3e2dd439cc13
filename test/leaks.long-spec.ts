import { describe, it } from '@jest/globals';
import { bootGateway } from './support/boot.js';
import { expectNoLeak } from './support/expect-no-leak.js';

describe('300 requests', () => {
  it('leave no process, descriptor or file behind', async () => {
    const gateway = await bootGateway({ SHELLM_QUEUE_TIMEOUT_MS: '120000' });
    await expectNoLeak(gateway, 300);
    await gateway.close();
  }, 300_000);
});
