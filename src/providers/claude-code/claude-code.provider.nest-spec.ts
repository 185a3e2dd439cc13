import { describe } from '@jest/globals';
import { dirname, resolve } from 'node:path';
import { ClaudeCodeProvider } from './claude-code.provider.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { bootGateway } from '../../../test/support/boot.js';
import { itKeepsTheProviderContract } from '../provider-contract.js';

/** A small program that speaks the CLI's protocol; test/claude-*.e2e-spec.ts drive the real one. */
const fake = resolve(import.meta.dirname, '../../../selftest/fake-claude.mjs');

describe(ClaudeCodeProvider.name, () => {
  itKeepsTheProviderContract(async () => {
    const gateway = await bootGateway({ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, SHELLM_CLAUDE_BIN: fake });
    return {
      provider: gateway.app.get(ClaudeCodeProvider, { strict: false }),
      prompts: { short: '[[fake fine]]', long: '[[fake hang-after-delta]]' },
      running: () => gateway.app.get(ProcessPool, { strict: false }).capacity().active,
      close: () => gateway.close(),
    };
  });
});
