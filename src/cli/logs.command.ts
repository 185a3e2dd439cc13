import { type Command, InvalidArgumentError } from 'commander';
import { act } from './act.js';
import { type LogsOptions } from './logs.js';

/** `shellm logs`: of the server that `shellm start` has started. */
export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('show the log of the server that `shellm start` has started')
    .option('-n, --lines <number>', 'how many of its last lines', countOf, 100)
    .option('-f, --follow', 'go on with what comes, until Ctrl-C')
    .option('--json', 'JSON lines, as they are in the file; so it is where the output is no terminal')
    .addHelpText('after', '\nExamples:\n  shellm logs -f\n  shellm logs -n 1000 --json | jq "select(.status >= 500)"')
    .action(act(async (options: LogsOptions) => (await import('./logs.js')).logs(options)));
}

function countOf(text: string): number {
  if (!/^\d{1,7}$/.test(text)) throw new InvalidArgumentError('It must be a number of lines.');
  return Number(text);
}
