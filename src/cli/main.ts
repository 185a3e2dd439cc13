import { Command } from 'commander';
import { addKeysCommand } from './keys.js';
import { addSelftestCommand } from './selftest.js';
import { addUsageCommand } from './usage.js';
import { packageVersion } from '../config/package-version.js';
import { serve } from '../serve.js';

const program = new Command('shellm').description('One OpenAI-compatible server in front of the LLM subscriptions and API keys your team already has').version(packageVersion);

program.command('serve', { isDefault: true }).description('start the server in the foreground').action(serve);
addKeysCommand(program);
addUsageCommand(program);
addSelftestCommand(program);

await program.parseAsync();
