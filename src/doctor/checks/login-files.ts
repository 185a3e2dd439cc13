import { accessSync, constants, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Installation } from '../../providers/installation.js';
import { IsolationSettings } from '../../process-pool/isolation-settings.js';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';
import { clis, providerOf } from './clis.js';

/** Whoever can read the file of a login has the subscription; who cannot write it cannot renew it. */
export const loginFileChecks: readonly Check[] = clis.map(({ id, name }) => ({
  id: `${id}-login-file`,
  title: `login file of ${name}`,
  group: 'providers',
  look: async (machine) => {
    const found = await providerOf(machine, id);
    const file = found?.installation && fileOf(found.installation);
    return file && judgeFile(file.path, file.stats, machine);
  },
}));

function judgeFile(path: string, { mode, uid: owner }: Stats, machine: Machine): Finding {
  const { uid, userName } = machine;
  const { childUser } = machine.settings(IsolationSettings);
  if (uid !== undefined && owner !== uid && childUser === undefined) {
    return fault(
      `${path} belongs to another user than the one that runs this`,
      uid === 0 ? `run the gateway as the user whose login it is, or set SHELLM_CHILD_USER` : `chown ${userName} ${path}`,
    );
  }
  if ((mode & 0o077) !== 0) return warning(`${path} can be read by others (mode ${(mode & 0o777).toString(8)})`, `chmod 600 ${path}`);
  const refused = refusalOf(path);
  if (refused === undefined) return ok(path);
  return warning(
    `${path} may not be written (${refused}): the login cannot be renewed`,
    refused === 'EROFS' ? 'mount its folder writable' : `chown ${userName} ${path} ${dirname(path)}`,
  );
}

function fileOf({ loginFiles }: Installation): { readonly path: string; readonly stats: Stats } | undefined {
  for (const path of loginFiles) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats) return { path: realpathSync(path), stats };
  }
  return undefined;
}

/** Of the file, and of its folder: it is replaced as a whole. */
function refusalOf(path: string): string | undefined {
  try {
    for (const each of [path, dirname(path)]) accessSync(each, constants.W_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error';
  }
}
