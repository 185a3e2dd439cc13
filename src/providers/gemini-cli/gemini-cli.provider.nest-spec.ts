import { describe } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { GeminiCliProvider } from './gemini-cli.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { bootGateway } from '../../../test/support/boot.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';
import { ProviderRegistry } from '../provider-registry.js';

const fakeGemini = resolve(import.meta.dirname, '../../../selftest/fake-gemini.mjs');

describe(GeminiCliProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const gateway = await bootGateway({
      PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
      SHELLM_GEMINI_BIN: fakeGemini,
      GEMINI_API_KEY: 'gemini-key',
      SHELLM_PROVIDERS: 'gemini',
    });
    return {
      provider: gateway.app.get(ProviderRegistry).get('gemini')!,
      prompts: { short: 'hi', long: '[[fake long]]' },
      running: () => gateway.app.get(ProcessPool).capacity().active,
      close: () => gateway.close(),
    };
  });
});
