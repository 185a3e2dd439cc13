import { describe } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { CodexCliProvider } from './codex-cli.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { bootGateway } from '../../../test/support/boot.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';
import { ProviderRegistry } from '../provider-registry.js';

const fakeCodex = resolve(import.meta.dirname, '../../../selftest/fake-codex.mjs');

describe(CodexCliProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const gateway = await bootGateway({ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, SHELLM_CODEX_BIN: fakeCodex, CODEX_API_KEY: 'sk-codex', SHELLM_PROVIDERS: 'codex' });
    return {
      provider: gateway.app.get(ProviderRegistry).get('codex')!,
      prompts: { short: 'hi', long: '[[fake long]]' },
      running: () => gateway.app.get(ProcessPool).capacity().active,
      close: () => gateway.close(),
    };
  });
});
