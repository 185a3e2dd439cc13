import { readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readConfig } from './config-reader.js';
import { declareVariables } from './declare-variables.js';
import { type Environment } from './environment.js';
import { type FileSettings } from './file-settings.js';
import { ConfigurationError } from './settings.js';

declareVariables(['SHELLM_CONFIG']);

const FILE = 'shellm.config.yaml';
const MAX_BYTES = 1024 ** 2;

/** Where the configuration file may be; the first that is there counts. */
export class ConfigLocation {
  readonly candidates: readonly string[];
  /** It was named: it has to be there. */
  readonly #named: boolean;

  /** @param workDir undefined: not looked at */
  constructor(environment: Environment, dataDir: string, workDir: string | undefined) {
    const named = environment['SHELLM_CONFIG'];
    this.#named = named !== undefined && named !== '';
    this.candidates = this.#named ? [resolve(named ?? '')] : [...(workDir === undefined ? [] : [join(workDir, FILE)]), join(dataDir, FILE)];
  }

  /** What the file says; undefined where there is none. @throws ConfigurationError in one line */
  read(): FileSettings | undefined {
    const path = this.candidates.find(exists);
    if (path !== undefined) return readConfig(contentOf(path), basename(path));
    if (this.#named) throw new ConfigurationError('SHELLM_CONFIG: there is no such file');
    return undefined;
  }
}

function exists(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch {
    return false;
  }
}

function contentOf(path: string): string {
  const name = basename(path);
  let content: Buffer;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new ConfigurationError(`${name}: is no file`);
    if (found.size > MAX_BYTES) throw new ConfigurationError(`${name}: is larger than 1 MB`);
    content = readFileSync(path);
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    throw new ConfigurationError(`${name}: cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new ConfigurationError(`${name}: is no UTF-8 text`);
  }
}
