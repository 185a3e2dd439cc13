import { describe } from '@jest/globals';
import { DemoProvider } from './demo.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { bootGateway } from '../../../test/support/boot.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';

describe(DemoProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const gateway = await bootGateway();
    return {
      provider: gateway.app.get(DemoProvider, { strict: false }),
      prompts: { short: 'hi', long: '[[demo words=500 delay=20]]' },
      running: () => gateway.app.get(ProcessPool, { strict: false }).capacity().active,
      close: () => gateway.close(),
    };
  });
});
