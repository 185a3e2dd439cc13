import { execFileSync } from 'node:child_process';
import { type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigurationError } from '../config/settings.js';

/** Another user, whom programs run as. */
export interface ChildUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** @throws ConfigurationError where the gateway cannot start programs as that user */
export function findChildUser(name: string, uid: number | undefined = process.getuid?.()): ChildUser {
  if (uid !== 0) throw refusal('needs a gateway that root runs: nobody else may start programs as another user');
  const user = lookUp(name);
  if (!user) throw refusal(`there is no user "${name}" on this machine`);
  if (user.uid === 0) throw refusal('must not be root itself');
  return user;
}

/** @throws ConfigurationError where the user cannot get to a folder because of one above it */
export function refuseUnreachable(folder: string, { uid, gid, name }: ChildUser): void {
  for (let path = dirname(folder); ; path = dirname(path)) {
    if (!mayEnter(statSync(path), uid, gid)) throw refusal(`${name} may not enter ${path}; set SHELLM_DATA_DIR to a folder such as /var/lib/shellm`);
    if (path === dirname(path)) return;
  }
}

/** Without groups but its own, as its programs run. */
function mayEnter({ mode, uid: owner, gid: group }: Stats, uid: number, gid: number): boolean {
  return (mode & (owner === uid ? 0o100 : group === gid ? 0o010 : 0o001)) !== 0;
}

/** By the system's own means: a user may be known to a directory service alone. */
function lookUp(name: string): ChildUser | undefined {
  try {
    const line = execFileSync('/usr/bin/getent', ['passwd', name], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' }, stdio: ['ignore', 'pipe', 'ignore'], timeout: 5000 });
    const [found = '', , uid, gid, , home = ''] = line.trimEnd().split(':');
    return found === name ? { name, uid: Number(uid), gid: Number(gid), home } : undefined;
  } catch {
    return undefined;
  }
}

function refusal(why: string): ConfigurationError {
  return new ConfigurationError(`SHELLM_CHILD_USER: ${why}`);
}
