import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type Command, Option } from 'commander';
import { encodeKey, encodeNewKey } from '../api/keys/key-object.js';
import { AuthModule } from '../auth/auth.module.js';
import { AuthService } from '../auth/auth.service.js';
import { type Client } from '../auth/client.js';
import { type IssuedKey } from '../auth/issued-key.js';
import { parseNewKey } from '../auth/key-input.js';
import { KeyRing, type NewKey } from '../auth/key-ring.js';
import { ConfigModule } from '../config/config.module.js';
import { ObservabilityModule } from '../observability/observability.module.js';

@Module({ imports: [ConfigModule.forRoot(), ObservabilityModule, AuthModule] })
class KeysCommandModule {}

interface CreateOptions {
  readonly rpm?: number;
  readonly models?: string[];
  readonly scopes?: string[];
  readonly maxConcurrent?: number;
  readonly budgetUsd?: number;
  readonly budgetTokens?: number;
  readonly period?: string;
  readonly expires?: string;
  readonly redact: boolean;
  readonly json?: boolean;
}

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
    .action((name: string, options: CreateOptions) =>
      withKeys(async (ring, configured) => {
        const terms = parseNewKey(bodyOf(name, options), Date.now());
        if (configured.some((client) => client.name === terms.name)) throw new Error(`there is a client of the name "${terms.name}" in SHELLM_CLIENTS already`);
        printNew(await ring.create(terms), options.json);
      }),
    );
  keys
    .command('list')
    .description('keys that live, without their values')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) =>
      withKeys((ring) => {
        printList(ring.list(), json);
      }),
    );
  keys
    .command('revoke')
    .argument('<id or name>')
    .description('end a key, at once and for good')
    .action((named: string) => withKeys((ring) => revoke(ring, named)));
}

async function withKeys(work: (ring: KeyRing, configured: readonly Client[]) => Promise<void> | void): Promise<void> {
  // What stands between the lines of a program that reads this one is not the log's.
  process.env['LOG_LEVEL'] = 'silent';
  let app;
  try {
    app = await NestFactory.createApplicationContext(KeysCommandModule, { logger: false, abortOnError: false });
    await work(app.get(KeyRing), app.get(AuthService).configured);
  } catch (error) {
    process.stderr.write(`shellm: ${(error as Error).message}\n`);
    process.exitCode = 1;
  } finally {
    await app?.close();
  }
}

async function revoke(ring: KeyRing, named: string): Promise<void> {
  const found = ring.list().find(({ id, name }) => id === named || name === named);
  if (!found) throw new Error(`there is no key "${named}"; \`shellm keys list\` shows them`);
  await ring.revoke(found.id);
  process.stdout.write(`revoked ${found.name} (${found.masked})\n`);
}

/** As the body of `POST /admin/keys`, so that the same rules check it. */
function bodyOf(name: string, options: CreateOptions): Record<string, unknown> {
  const { rpm, models, scopes, maxConcurrent, budgetUsd, budgetTokens, period = 'month', expires, redact } = options;
  const budget = budgetUsd === undefined && budgetTokens === undefined ? undefined : { ...given({ usd: budgetUsd, tokens: budgetTokens }), period };
  return { name, redact, ...given({ rpm, models, scopes, max_concurrent: maxConcurrent, budget, expires_at: expires }) };
}

function given(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function printNew(created: NewKey, json = false): void {
  if (json) {
    print(JSON.stringify(encodeNewKey(created)));
    return;
  }
  const { issued, key, webhookSecret } = created;
  print(`${key}\n\n${issued.name} (${issued.id}): ${issued.scopes.join(', ')}. This is the only time that the key is shown.`);
  print(`Its callbacks are signed with ${webhookSecret}`);
}

function printList(keys: readonly IssuedKey[], json = false): void {
  if (json || keys.length === 0) {
    print(json ? JSON.stringify(keys.map(encodeKey)) : 'no keys; `shellm keys create <name>` issues one');
    return;
  }
  const rows = keys.map(({ id, name, masked, scopes, expiresAt }) => [
    id,
    name,
    masked,
    scopes.join(','),
    expiresAt === undefined ? '' : `until ${new Date(expiresAt).toISOString()}`,
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows)
    print(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

function list(text: string): string[] {
  return text.split(',').map((entry) => entry.trim());
}
