import { describe } from '@jest/globals';
import { AcpAgentFamily } from './acp-agent.family.js';
import { AcpAgentProvider } from './acp-agent.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { fakeAgents } from '../../../test/fake-cli/acp-agents.js';
import { bootGateway } from '../../../test/support/boot.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';

describe(AcpAgentProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const gateway = await bootGateway();
    const [provider] = gateway.app.get(AcpAgentFamily, { strict: false }).providers(fakeAgents({ fake: {} }));
    provider!.start();
    return {
      provider: provider!,
      prompts: { short: 'hi', long: '[[fake slow]]' },
      running: () => gateway.app.get(ProcessPool, { strict: false }).capacity().active,
      close: () => gateway.close(),
    };
  });
});
