import { type Command } from 'commander';
import { act } from './act.js';

/** `shellm config`: what the gateway would start with. */
export function addConfigCommand(program: Command): void {
  program
    .command('config')
    .description('show the effective configuration, secrets masked, and what is wrong with it')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExits with 1 where the server would not start with it.\n\nExamples:\n  shellm config\n  shellm config --json | jq .variables.SHELLM_PORT')
    .action(act(async ({ json = false }: { json?: boolean }) => (await import('./config.js')).showConfig(json)));
}
