import { existsSync } from 'node:fs';
import { mask } from './mask.js';
import { ConfigLocation } from '../config/config-location.js';
import { dataDirOf } from '../config/data-dir-path.js';
import { type DeclaredVariable, declaredVariables } from '../config/declared-variables.js';
import { type FileSettings } from '../config/file-settings.js';
import { type ReadEnvironment } from '../config/read-environment.js';
import { examineSettings } from '../config/settings.js';
import { cleanWords } from '../redaction/clean-words.js';

export interface EffectiveVariable {
  readonly name: string;
  /** As the gateway reads it; a secret masked. Undefined: it has none. */
  readonly value: unknown;
  readonly from: 'environment' | '.env' | 'default';
}

/** Every variable that the loaded modules read, with its value, whether that is valid or not; by name. */
export function effectiveVariables({ environment, originOf }: ReadEnvironment): readonly EffectiveVariable[] {
  const valueOf = ({ name, into, secret }: DeclaredVariable): unknown => {
    const text = environment[name];
    if (text !== undefined && text.trim() !== '' && secret) return mask(text);
    if (name === 'SHELLM_DATA_DIR') return dataDirOf(environment);
    if (into === undefined) return text;
    return (examineSettings(into.settings, (variable) => environment[variable]).instance as Readonly<Record<string, unknown>>)[into.property];
  };
  return declaredVariables()
    .map((variable): EffectiveVariable => {
      const set = (environment[variable.name] ?? '').trim() !== '';
      return { name: variable.name, value: clean(valueOf(variable)), from: (set ? originOf(variable.name) : undefined) ?? 'default' };
    })
    .sort((one, other) => one.name.localeCompare(other.name));
}

export interface EffectiveFile {
  readonly path: string;
  /** The names of what is in each of its parts; undefined where the file cannot be used. */
  readonly parts: Readonly<Record<string, readonly string[]>> | undefined;
}

/** The configuration file that counts, if there is one. */
export function effectiveFile({ environment }: ReadEnvironment, workDir: string): EffectiveFile | undefined {
  const location = new ConfigLocation(environment, dataDirOf(environment), workDir);
  const path = location.candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return undefined;
  try {
    const file = location.read();
    return { path, parts: file && partsOf(file) };
  } catch {
    return { path, parts: undefined };
  }
}

function partsOf({ aliases, providers, acp, images, callbacks, prices }: FileSettings): Readonly<Record<string, readonly string[]>> {
  const targets = [...aliases].map(([name, models]) => `${name} → ${models.join(', ')}`);
  const servers = [...providers].map(([name, { baseUrl }]) => `${name} (${cleanWords(baseUrl, 200)})`);
  const agents = [...acp].map(([name, { trusted }]) => `${name}${trusted ? ' (trusted)' : ''}`);
  const fetched = images.fetch ? ['fetched', ...images.allow] : [];
  return { aliases: targets, providers: servers, acp: agents, images: fetched, callbacks: callbacks.allow, prices: [...prices.keys()] };
}

/** A value may hold a secret although its variable is not for one: a URL with a password. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanWords(value, 1000);
  if (typeof value === 'object' && value !== null) return JSON.parse(cleanWords(JSON.stringify(value), Infinity)) as unknown;
  return value;
}
