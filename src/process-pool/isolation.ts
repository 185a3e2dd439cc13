import { chmodSync, mkdirSync } from 'node:fs';
import { type ChildUser, findChildUser, refuseUnreachable } from './child-user.js';
import { childEnvironment } from './environment.js';
import { type IsolationSettings } from './isolation-settings.js';
import { Sandbox } from './sandbox.js';
import { ConfigurationError } from '../config/settings.js';

/** How programs are kept apart from the gateway and its host: decided once, at start. */
export class Isolation {
  /** Where programs have their folders: the data folder, or, since another user cannot get in there, one beside it that holds nothing else. */
  readonly folder: string;
  /** Undefined: the gateway's own user. */
  readonly user: ChildUser | undefined;
  /** Bytes on disk, of one process; 0: no limit. */
  readonly diskQuota: number;

  /** Undefined: programs see what their user sees. */
  readonly sandbox: Sandbox | undefined;

  /** @param told why there is no sandbox although one was wished for; @throws ConfigurationError where it cannot be as it is set */
  constructor(settings: IsolationSettings, dataDir: string, told?: (why: string) => void) {
    this.diskQuota = settings.diskQuota;
    this.user = settings.childUser === undefined ? undefined : findChildUser(settings.childUser);
    this.sandbox = Sandbox.open(settings.sandbox, this.user, told);
    this.folder = this.user ? openFolder(`${dataDir}-children`, this.user) : dataDir;
  }

  /** A program's environment, see `childEnvironment`: with the home and the name of the user that it runs as. */
  environment(source: Readonly<Record<string, string | undefined>>, names: readonly string[], extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const { user } = this;
    return childEnvironment(user ? { ...source, HOME: user.home, USER: user.name, LOGNAME: user.name } : source, names, extra);
  }
}

/** Anybody may pass through, nobody may look around. */
function openFolder(path: string, user: ChildUser): string {
  try {
    mkdirSync(path, { recursive: true, mode: 0o711 });
    chmodSync(path, 0o711); // it may have been there before
  } catch (cause) {
    throw new ConfigurationError(`SHELLM_CHILD_USER: the folder ${path} cannot be made (${(cause as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
  refuseUnreachable(path, user);
  return path;
}
