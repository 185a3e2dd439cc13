import { CommandFailure } from './command-failure.js';
import { inContext } from './in-context.js';
import { print, printJson } from './print.js';
import { tableOf } from './table.js';
import { encodeKey, encodeNewKey } from '../api/keys/key-object.js';
import { AuthModule } from '../auth/auth.module.js';
import { AuthService } from '../auth/auth.service.js';
import { parseNewKey } from '../auth/key-input.js';
import { KeyRing } from '../auth/key-ring.js';

export interface CreateOptions {
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

export async function createKey(name: string, options: CreateOptions): Promise<void> {
  const created = await inContext([AuthModule], (app) => {
    const terms = parseNewKey(bodyOf(name, options), Date.now());
    const taken = app.get(AuthService).configured.some((client) => client.name === terms.name);
    if (taken) throw new CommandFailure(`there is a client of the name "${terms.name}" in SHELLM_CLIENTS already`);
    return app.get(KeyRing).create(terms);
  });
  if (options.json === true) {
    printJson(encodeNewKey(created));
    return;
  }
  const { issued, key, webhookSecret } = created;
  print(`${key}\n\n${issued.name} (${issued.id}): ${issued.scopes.join(', ')}. This is the only time that the key is shown.`);
  print(`Its callbacks are signed with ${webhookSecret}`);
}

export async function listKeys(json: boolean): Promise<void> {
  const keys = await inContext([AuthModule], (app) => app.get(KeyRing).list());
  if (json) {
    printJson(keys.map(encodeKey));
    return;
  }
  if (keys.length === 0) {
    print('no keys; `shellm keys create <name>` issues one');
    return;
  }
  const rows = keys.map(({ id, name, masked, scopes, expiresAt }) => {
    const end = expiresAt === undefined ? '' : `until ${new Date(expiresAt).toISOString()}`;
    return [id, name, masked, scopes.join(','), end];
  });
  process.stdout.write(tableOf(rows));
}

export async function revokeKey(named: string): Promise<void> {
  const { name, masked } = await inContext([AuthModule], async (app) => {
    const ring = app.get(KeyRing);
    const found = ring.list().find((key) => key.id === named || key.name === named);
    if (!found) throw new CommandFailure(`there is no key "${named}"; \`shellm keys list\` shows them`);
    await ring.revoke(found.id);
    return found;
  });
  print(`revoked ${name} (${masked})`);
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
