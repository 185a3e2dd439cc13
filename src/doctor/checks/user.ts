import { accessSync, constants } from 'node:fs';
import { type Check } from '../check.js';
import { note, ok, warning } from '../finding.js';
import { IsolationSettings } from '../../process-pool/isolation-settings.js';

/** Who runs it. */
export const user: Check = {
  id: 'user',
  title: 'user',
  group: 'this machine',
  look: (machine) => {
    const { uid } = machine;
    if (uid !== 0) return ok(machine.userName);
    const { childUser } = machine.settings(IsolationSettings);
    if (childUser !== undefined) return ok(`root, with the CLIs as ${childUser}`);
    return warning(
      'root: a CLI with a hole in it would own this machine',
      'set SHELLM_CHILD_USER to a user of the CLIs, or run the gateway as a user of its own (docs/security.md)',
    );
  },
};

/** Where the CLIs keep their logins and settings. */
export const home: Check = {
  id: 'home',
  title: 'home folder',
  group: 'this machine',
  look: ({ home: path, userName }) => {
    if (path === '/') return warning('HOME is /: the CLIs would keep their logins in the root folder', 'set HOME to a folder of the user that runs the gateway');
    try {
      accessSync(path, constants.W_OK | constants.X_OK);
      return ok(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EROFS')
        return note(
          `${path} is read-only: a login in it cannot be renewed`,
          `mount ${path} writable, or keep the logins elsewhere (CLAUDE_CONFIG_DIR, CODEX_HOME, GEMINI_CLI_HOME)`,
        );
      const missing = code === 'ENOENT';
      return warning(
        `${path} ${missing ? 'is not there' : 'may not be written'}: the CLIs cannot keep their logins`,
        missing ? `install -d -m 0700 -o ${userName} ${path}` : `chown ${userName} ${path}`,
      );
    }
  },
};

/** The first process of a container has to take leave of those whose parents are gone. */
export const initProcess: Check = {
  id: 'init',
  title: 'init process',
  group: 'this machine',
  look: (machine) => {
    const first = machine
      .read('/proc/1/cmdline')
      ?.split('\0')
      .filter((word) => word !== '');
    if (first === undefined || first.length === 0) return undefined;
    const ours = first.slice(0, 4).some((word) => /(^|\/)(node|shellm)$|dist\/(cli\/)?main\.js$/.test(word));
    if (!ours) return ok(first[0] ?? '');
    return warning('the gateway is process 1: what its CLIs leave behind stays as zombies', 'docker run --init … (compose: `init: true`)');
  },
};
