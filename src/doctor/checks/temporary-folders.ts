import { access, constants, realpath, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type Check } from '../check.js';
import { fault, type Finding, ok, warning } from '../finding.js';
import { type Machine } from '../machine.js';
import { mountOf, mountsOf } from './mounts.js';

/** Where programs put what they need while they run. The CLIs have theirs in the data folder. */
export const temporaryFolders: Check = {
  id: 'temporary-folders',
  title: 'temporary folders',
  group: 'this machine',
  look: async (machine) => {
    const found = await Promise.all([writable(tmpdir()), sharedMemory(machine), executable(machine)]);
    const problems = found.filter((each) => each !== undefined);
    return problems.length > 0 ? problems : ok(tmpdir());
  },
};

async function writable(folder: string): Promise<Finding | undefined> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return {
      ...fault(`${folder} may not be written (${(error as NodeJS.ErrnoException).code ?? ''})`, `mount a tmpfs at ${folder} (docker run --tmpfs ${folder}), or set TMPDIR`),
      about: folder,
    };
  }
}

/** Programs share memory there. */
async function sharedMemory(machine: Machine): Promise<Finding | undefined> {
  if (machine.platform !== 'linux') return undefined;
  try {
    await access(machine.path('/dev/shm'), constants.W_OK | constants.X_OK);
    return undefined;
  } catch {
    return { ...warning('/dev/shm is not there or may not be written: some CLIs fail without', 'mount -t tmpfs tmpfs /dev/shm (docker run --shm-size 64m)'), about: '/dev/shm' };
  }
}

/** A CLI unpacks its libraries to its TMPDIR and loads them from there. */
async function executable(machine: Machine): Promise<Finding | undefined> {
  const folder = await existing(machine.dataDir);
  const mount = mountOf(mountsOf(machine), folder);
  if (!mount?.options.includes('noexec')) return undefined;
  return {
    ...warning(
      `the data folder lies on ${mount.point}, mounted noexec: the CLIs may not load what they unpack there`,
      `mount -o remount,exec ${mount.point}, or set SHELLM_DATA_DIR to a folder elsewhere`,
    ),
    about: mount.point,
  };
}

/** The folder, or the nearest above it that is there. */
async function existing(path: string): Promise<string> {
  for (let at = path; at !== '/'; at = at.slice(0, at.lastIndexOf('/')) || '/') {
    if (
      await stat(at).then(
        () => true,
        () => false,
      )
    )
      return realpath(at);
  }
  return '/';
}
