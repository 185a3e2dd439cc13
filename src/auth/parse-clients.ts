import { parseDocument } from 'yaml';
import { clientFields, clientName } from './client-fields.js';
import { type Client } from './client.js';
import { isWebhookSecret, WEBHOOK_SECRET_PROBLEM } from './webhook-secret.js';
import { ConfigurationError } from '../config/settings.js';

export interface ConfiguredClient {
  readonly client: Client;
  readonly key: string;
  /** What its callbacks are signed with, in place of the gateway's own secret. */
  readonly webhookSecret: string | undefined;
}

/** A client's entry, once it is checked. */
type Fields = { readonly [Field in keyof typeof checks]?: (typeof checks)[Field]['accepts'] extends (value: unknown) => value is infer Value ? Value : never };

const checks = {
  // A header cannot carry other characters; a key with blanks around it could never match.
  key: {
    accepts: (value: unknown): value is string => typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value),
    problem: 'must be a string of 1 to 512 visible ASCII characters',
  },
  webhook_secret: {
    accepts: (value: unknown): value is string => typeof value === 'string' && isWebhookSecret(value),
    problem: WEBHOOK_SECRET_PROBLEM,
  },
  ...clientFields,
};

/**
 * Reads `SHELLM_CLIENTS`: `{"billing": {"key": "…", "rpm": 30, "models": ["claude/*"], "scopes": ["completions"]}}`.
 *
 * @throws ConfigurationError in one line that names the client and the field, never a key
 */
export function parseClients(json: string): ConfiguredClient[] {
  const table = parseTable(json);
  const seen = new Set<string>();
  return Object.entries(table).map(([name, value]) => {
    const configured = parseClient(name, value);
    if (seen.has(configured.key)) fail(`${name}.key is the key of another client too`);
    seen.add(configured.key);
    return configured;
  });
}

function parseTable(json: string): Record<string, unknown> {
  let table: unknown;
  try {
    table = JSON.parse(json);
  } catch {
    return fail('is not valid JSON');
  }
  // JSON's own parser takes the last of two that have one name: the first one's key would go without a word.
  if (parseDocument(json, { prettyErrors: false, logLevel: 'silent' }).errors.some(({ code }) => code === 'DUPLICATE_KEY')) fail('names a client, or one of its fields, twice');
  return isRecord(table) ? table : fail('must be an object of clients by name');
}

function parseClient(name: string, value: unknown): ConfiguredClient {
  if (!clientName.accepts(name)) fail(`a client name ${clientName.problem}`);
  if (!isRecord(value)) return fail(`${name} must be an object`);
  for (const [field, given] of Object.entries(value)) {
    if (!Object.hasOwn(checks, field)) fail(`${name} has an unknown field "${field.slice(0, 40)}"`);
    const { accepts, problem } = checks[field as keyof typeof checks];
    if (!accepts(given)) fail(`${name}.${field} ${problem}`);
  }
  const { key, rpm, models, scopes = ['completions'], max_concurrent: maxConcurrent, budget, redact = true, webhook_secret: webhookSecret } = value as unknown as Fields;
  if (key === undefined) fail(`${name}.key ${checks.key.problem}`);
  return { key, webhookSecret, client: { id: `client:${name}`, name, rpm, models, scopes, maxConcurrent, budget, redact } };
}

function fail(problem: string): never {
  throw new ConfigurationError(`SHELLM_CLIENTS: ${problem}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
