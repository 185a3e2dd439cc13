import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { declareVariables } from './declare-variables.js';
import { type Environment } from './environment.js';

declareVariables(['SHELLM_DATA_DIR']);

/** `SHELLM_DATA_DIR`, else the platform's data folder for `shellm`. */
export function dataDirOf(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = environment['SHELLM_DATA_DIR'];
  if (own !== undefined && own !== '') return resolve(own);
  const home = environment['HOME'] ?? homedir();
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'shellm');
  const data = environment['XDG_DATA_HOME'];
  return join(data?.startsWith('/') === true ? data : join(home, '.local', 'share'), 'shellm');
}
