import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationError } from '../config/settings.js';

const MIN_LENGTH = 32;
/** Of what keys and passes are signed under. */
export const KEY_SECRET_FILE = 'key-secret';

/**
 * A secret in a file of the data folder, made there, readable by its owner alone, where there is none.
 *
 * @param damaged what becomes of things where it is lost
 * @throws ConfigurationError in one line
 */
export function openKeptSecret(dataDir: string, file: string, damaged: string): string {
  const path = join(dataDir, file);
  try {
    makeOnce(path, randomBytes(32).toString('base64url'));
    const secret = readFileSync(path, 'utf8').trim();
    if (secret.length >= MIN_LENGTH) return secret;
  } catch (cause) {
    throw new ConfigurationError(`SHELLM_DATA_DIR: the file ${file} cannot be made or read (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`, { cause });
  }
  throw new ConfigurationError(`SHELLM_DATA_DIR: the file ${file} is damaged. ${damaged}`);
}

/** All of it or nothing, and the first of two processes wins. */
function makeOnce(path: string, content: string): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
