import { type Command } from 'commander';
import { act } from './act.js';

/** `shellm start`, `stop`, `restart`: the server in the background, one for a data folder. */
export function addStartCommands(program: Command): void {
  program
    .command('start')
    .description('start the server in the background, and wait until it listens')
    .addHelpText('after', '\nExamples:\n  shellm start\n  SHELLM_PORT=8080 shellm start\n\nIts log is in the data folder; `shellm logs` shows it.')
    .action(act(async () => (await import('./start.js')).start()));
  program
    .command('stop')
    .description('stop the server; running answers may finish first')
    .option('--force', 'do not wait for them: end it at once')
    .addHelpText('after', '\nExample:\n  shellm stop')
    .action(act(async ({ force = false }: { force?: boolean }) => (await import('./stop.js')).stop(force)));
  program
    .command('restart')
    .description('stop the server that `shellm start` has started, and start it again with the same environment')
    .option('--force', 'do not wait for running answers')
    .addHelpText('after', '\nExamples:\n  shellm restart\n  LOG_LEVEL=debug shellm restart\n\nWhat is set now goes before what it was started with.')
    .action(act(async ({ force = false }: { force?: boolean }) => (await import('./restart.js')).restart(force)));
}
