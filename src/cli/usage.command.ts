import { type Command } from 'commander';
import { act } from './act.js';
import { type UsageOptions } from './usage.js';
import { groupings } from '../usage/usage-question.js';

/** `shellm usage`: over the gateway's own data, whether it runs or not; what one that runs has not written yet, a quarter of a second's, is missing. */
export function addUsageCommand(program: Command): void {
  program
    .command('usage')
    .description('what completions took, those that failed too')
    .option('--from <time>', 'a date or time (2026-11-01, UTC where it names no zone), or seconds since 1970')
    .option('--to <time>', 'the same, exclusive')
    .option('--by <fields>', `of ${groupings.join(', ')}; comma-separated`, 'client,model')
    .option('--client <name>', 'only what this client asked for')
    .option('--provider <id>', 'only what this provider was asked for')
    .option('--model <name>', 'only what this model was asked for')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  shellm usage --from 2026-11-01 --by day,provider\n  shellm usage --client billing --json')
    .action(act(async (options: UsageOptions) => (await import('./usage.js')).showUsage(options)));
}
