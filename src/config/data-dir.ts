import { chmodSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { dataDirOf } from './data-dir-path.js';
import { type Environment } from './environment.js';
import { makeFolder } from './make-folder.js';
import { ConfigurationError } from './settings.js';

/** Token of the data folder's absolute path: run files, later the embedded database. It exists and has mode 0700. */
export const DATA_DIR = Symbol('DATA_DIR');

/** Makes the data folder. @throws ConfigurationError where it cannot be made */
export function openDataDir(environment: Environment): string {
  const path = dataDirOf(environment);
  try {
    makeFolder(path);
    if (isShared(path)) throw new ConfigurationError('SHELLM_DATA_DIR: must be a folder of its own, none that others use');
    chmodSync(path, 0o700); // it may have been there before
  } catch (cause) {
    if (cause instanceof ConfigurationError) throw cause;
    throw new ConfigurationError(`SHELLM_DATA_DIR: the folder cannot be made or kept private (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  return path;
}

/** The root, or a folder such as /tmp, in which everybody keeps files: made private, it would break the machine. */
function isShared(path: string): boolean {
  return dirname(path) === path || (statSync(path).mode & 0o1000) !== 0;
}
