import { type Command } from 'commander';
import { act } from './act.js';
import { type SelftestOptions } from './selftest.js';

/** `shellm selftest`: whether this gateway, on this machine, ends every turn honestly and leaves nothing behind. It asks no vendor. */
export function addSelftestCommand(program: Command): void {
  program
    .command('selftest')
    .description('play what can go wrong with a CLI or a vendor, and look how it ends; no login, no tokens')
    .option('--json', 'as JSON')
    .option('--fakes <folder>', 'play the programs in this folder, in place of those that come along')
    .addHelpText('after', '\nExample:\n  shellm selftest')
    .action(act(async (options: SelftestOptions) => (await import('./selftest.js')).selftest(options)));
}
