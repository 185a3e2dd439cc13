import { type Command, Option } from 'commander';
import { keepCompiled } from '../config/compile-cache.js';
import { type ServeOptions } from '../serve.js';

/** `shellm serve`, and `shellm` alone: the server in the foreground. */
export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('start the server in the foreground; so does `shellm` alone')
    .option('--json', 'the log as JSON on a terminal too, and no greeting')
    .addOption(new Option('--background', 'as `shellm start` does').hideHelp())
    .addHelpText('after', '\nExample:\n  SHELLM_PORT=8080 shellm serve')
    .action(async (options: ServeOptions) => {
      keepCompiled({ make: true });
      await (await import('../serve.js')).serve(options);
    });
}
