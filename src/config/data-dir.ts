import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Environment } from './environment.js';
import { ConfigurationError } from './settings.js';

/** Token of the data folder's absolute path: run files, later the embedded database. It exists and has mode 0700. */
export const DATA_DIR = Symbol('DATA_DIR');

/** `SHELLM_DATA_DIR`, else the platform's data folder for `shellm`. */
export function dataDirOf(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = environment['SHELLM_DATA_DIR'];
  if (own !== undefined && own !== '') return resolve(own);
  const home = environment['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'shellm');
  const data = environment['XDG_DATA_HOME'];
  return join(data?.startsWith('/') === true ? data : join(home, '.local', 'share'), 'shellm');
}

/** Makes the data folder. @throws ConfigurationError where it cannot be made */
export function openDataDir(environment: Environment): string {
  const path = dataDirOf(environment);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700); // it may have been there before
  } catch (cause) {
    throw new ConfigurationError(`SHELLM_DATA_DIR: the folder cannot be made or kept private (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  return path;
}
