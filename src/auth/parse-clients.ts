import { type Client, type Scope, scopes } from './client.js';
import { ConfigurationError } from '../config/settings.js';

export interface ConfiguredClient {
  readonly client: Client;
  readonly key: string;
}

/** The fields of a client. */
const checks = {
  // A header cannot carry other characters; a key with blanks around it could never match.
  key: { accepts: (value: unknown): boolean => typeof value === 'string' && /^[\x21-\x7e]{1,512}$/.test(value), problem: 'must be a string of 1 to 512 visible ASCII characters' },
  rpm: { accepts: (value: unknown): boolean => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0), problem: 'must be a whole number, 0 for no limit' },
  models: { accepts: (value: unknown): boolean => value === undefined || isStrings(value), problem: 'must be a list of strings' },
  scopes: { accepts: (value: unknown): boolean => isStrings(value) && value.every(isScope), problem: `must be a list of ${scopes.join(', ')}` },
  max_concurrent: {
    accepts: (value: unknown): boolean => value === undefined || (Number.isSafeInteger(value) && (value as number) >= 1),
    problem: 'must be a whole number, 1 or more',
  },
  redact: { accepts: (value: unknown): boolean => typeof value === 'boolean', problem: 'must be true or false' },
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
  return isRecord(table) ? table : fail('must be an object of clients by name');
}

function parseClient(name: string, value: unknown): ConfiguredClient {
  if (!/^[\w.@-]{1,64}$/.test(name)) fail('a client name must be 1 to 64 letters, digits or . _ @ -');
  if (!isRecord(value)) return fail(`${name} must be an object`);
  for (const field of Object.keys(value)) if (!Object.hasOwn(checks, field)) fail(`${name} has an unknown field "${field.slice(0, 40)}"`);
  const { key, rpm, models, scopes: granted = ['completions'], max_concurrent: maxConcurrent, redact = true } = value;
  return {
    key: checked(name, 'key', key) as string,
    client: {
      id: `client:${name}`,
      name,
      rpm: checked(name, 'rpm', rpm) as number | undefined,
      models: checked(name, 'models', models) as readonly string[] | undefined,
      scopes: checked(name, 'scopes', granted) as readonly Scope[],
      maxConcurrent: checked(name, 'max_concurrent', maxConcurrent) as number | undefined,
      redact: checked(name, 'redact', redact) as boolean,
    },
  };
}

function checked(name: string, field: keyof typeof checks, value: unknown): unknown {
  const { accepts, problem } = checks[field];
  return accepts(value) ? value : fail(`${name}.${field} ${problem}`);
}

function fail(problem: string): never {
  throw new ConfigurationError(`SHELLM_CLIENTS: ${problem}`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

function isScope(value: string): value is Scope {
  return (scopes as readonly string[]).includes(value);
}
