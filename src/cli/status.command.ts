import { type Command } from 'commander';
import { act } from './act.js';

/** `shellm status`: of the gateway that runs on the data folder. */
export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('whether the server runs, where, how long, and how its providers are')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 it serves, 3 it does not run, 4 it runs and cannot serve: no provider is usable, or it does not answer.\n\nExamples:\n  shellm status\n  shellm status --json | jq .providers',
    )
    .action(act(async ({ json = false }: { json?: boolean }) => (await import('./status.js')).status(json)));
}
