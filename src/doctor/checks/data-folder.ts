import { access, constants, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Check } from '../check.js';
import { fault, type Finding, note, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';

const LITTLE_MB = 1024;
const NOTHING_MB = 100;
const FEW_INODES = 10_000;

export const dataFolder: Check = {
  id: 'data-folder',
  title: 'data folder',
  group: 'data',
  look: async (machine) => {
    const { dataDir, uid, userName } = machine;
    const found = await stat(dataDir).catch(() => undefined);
    if (!found) return missing(machine);
    if (!found.isDirectory()) return fault(`${dataDir} is no folder`, 'set SHELLM_DATA_DIR to another path');
    if (uid !== undefined && uid !== 0 && found.uid !== uid) return fault(`${dataDir} belongs to another user`, `chown -R ${userName} ${dataDir}`);
    const refused = await refusalOf(dataDir);
    if (refused !== undefined) return refused === 'EROFS' ? readOnly(dataDir) : fault(`${dataDir} may not be written (${refused})`, `chown -R ${userName} ${dataDir}`);
    if ((found.mode & 0o777) !== 0o700) return warning(`${dataDir} has mode ${(found.mode & 0o777).toString(8)}: others can look into it`, `chmod 700 ${dataDir}`);
    return ok(dataDir);
  },
};

export const diskSpace: Check = {
  id: 'disk',
  title: 'disk',
  group: 'data',
  look: async ({ dataDir }) => {
    const folder = await nearest(dataDir);
    const { bsize, bavail, files, ffree } = await statfs(folder);
    return judgeDisk({ freeMb: (bsize * bavail) / 1024 ** 2, freeInodes: files === 0 ? Infinity : ffree }, folder);
  },
};

export function judgeDisk({ freeMb, freeInodes }: { readonly freeMb: number; readonly freeInodes: number }, folder: string): Finding {
  const free = `${freeMb >= 10_240 ? `${Math.floor(freeMb / 1024)} GB` : `${Math.floor(freeMb)} MB`} free at ${folder}`;
  const fix = `df -h ${folder}; free some, lower SHELLM_RETENTION_DAYS, or set SHELLM_DATA_DIR to another disk`;
  if (freeMb < NOTHING_MB) return fault(free, fix);
  if (freeInodes < FEW_INODES) return warning(`${free}, but only ${freeInodes} files more can be made`, `df -i ${folder}; remove files that nobody needs`);
  return freeMb < LITTLE_MB ? warning(free, fix) : ok(free);
}

async function missing({ dataDir, userName }: Machine): Promise<Finding> {
  const parent = await nearest(dirname(dataDir));
  const refused = await refusalOf(parent);
  if (refused === undefined) return note(`${dataDir} is not there yet: the first start makes it`);
  return refused === 'EROFS' ? readOnly(dataDir) : fault(`${dataDir} is not there and cannot be made in ${parent}`, `install -d -m 0700 -o ${userName} ${dataDir}`);
}

function readOnly(path: string): Finding {
  return fault(`${path} lies on a read-only file system`, `mount a volume at ${path}, or set SHELLM_DATA_DIR to a folder that may be written`);
}

/** Why a folder may not be written; undefined: it may. */
async function refusalOf(folder: string): Promise<string | undefined> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code ?? 'unknown error',
  );
}

/** The folder, or the nearest above it that is there. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if ((await stat(at).catch(() => undefined)) || at === dirname(at)) return at;
  }
}
