import { type Command } from 'commander';
import { act } from './act.js';

/** `shellm providers`: who can answer here. */
export function addProvidersCommand(program: Command): void {
  program
    .command('providers')
    .description('who can answer: versions, logins, models, limits, and what to do; costs no tokens')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nThe gateway that runs here is asked; where none runs, the CLIs and keys are looked at.\n\nExamples:\n  shellm providers\n  shellm providers --json | jq \'.data[] | select(.status == "ready")\'',
    )
    .action(act(async ({ json = false }: { json?: boolean }) => (await import('./providers.js')).providers(json)));
}
