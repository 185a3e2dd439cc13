import { type Command } from 'commander';

/** `shellm serve`, and `shellm` alone: the server in the foreground. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server in the foreground; so does `shellm` alone')
    .addHelpText('after', '\nExample:\n  SHELLM_PORT=8080 shellm serve')
    .action(async () => (await import('../serve.js')).serve());
}
