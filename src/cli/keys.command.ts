import { type Command, Option } from 'commander';
import { act } from './act.js';
import { type CreateOptions } from './keys.js';

/** `shellm keys`: over the gateway's own data, whether it runs or not; one that runs takes it up within two seconds. */
export function addKeysCommand(program: Command): void {
  const keys = program.command('keys').description('issue, list and revoke keys');
  keys
    .command('create')
    .argument('<name>', 'whom it is for')
    .description('issue a key; it is shown this once, with the secret that its callbacks are signed with')
    .option('--rpm <number>', 'requests a minute, 0 for no limit', Number)
    .option('--models <patterns>', 'models it may use, comma-separated: claude/*,gemini/*', list)
    .option('--scopes <scopes>', 'completions, metrics, admin; comma-separated', list)
    .option('--max-concurrent <number>', 'requests at once', Number)
    .option('--budget-usd <number>', 'dollars a period', Number)
    .option('--budget-tokens <number>', 'tokens a period', Number)
    .addOption(new Option('--period <period>', 'of the budget').choices(['day', 'month']))
    .option('--expires <time>', 'when it ends: 2027-01-01, or with a time and zone')
    .option('--no-redact', 'leave secrets in its answers: for agents whose tool arguments become files')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  shellm keys create billing --rpm 30 --models "claude/*" --budget-usd 20\n  shellm keys create me --scopes completions,admin')
    .action(act(async (name: string, options: CreateOptions) => (await import('./keys.js')).createKey(name, options)));
  keys
    .command('list')
    .description('keys that live, without their values')
    .option('--json', 'as JSON')
    .action(act(async ({ json = false }: { json?: boolean }) => (await import('./keys.js')).listKeys(json)));
  keys
    .command('revoke')
    .argument('<id or name>')
    .description('end a key, at once and for good')
    .addHelpText('after', '\nExample:\n  shellm keys revoke billing')
    .action(act(async (named: string) => (await import('./keys.js')).revokeKey(named)));
}

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}
