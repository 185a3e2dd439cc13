import { locate } from './locate.js';

/** What is to run, and where. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** Variables that a shell sets or is changed by, and the launcher's own, which begin with `_`. */
const SHELLS_OWN =
  /^(?:_.*|IFS|ENV|CDPATH|PWD|OLDPWD|SHLVL|PPID|E?UID|OPT(?:IND|ARG|ERR)|LINENO|PS\d|S?RANDOM|SECONDS|EPOCH\w+|GROUPS|FUNCNAME|DIRSTACK|HIST\w+|COMP_\w+|PIPESTATUS|POSIXLY_CORRECT|SHELLOPTS|BASH\w*)$/;
/** Linux takes 128 KB of arguments and variables at least (https://man7.org/linux/man-pages/man2/execve.2.html); of what it refuses a shell would tell only when it has started. */
const MOST_BYTES = 100_000;

/** Whether a shell starts it as Node would: it is there, and all that it is given reaches it. */
export function isLaunchable({ command, args, env }: Launch): boolean {
  const names = Object.keys(env);
  if (!names.every((name) => /^\w+$/.test(name) && !/^\d/.test(name) && !SHELLS_OWN.test(name))) return false;
  const texts = [command, ...args, ...names, ...Object.values(env)];
  if (texts.some((text) => text.includes('\0'))) return false;
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0) <= MOST_BYTES && locate(command, env['PATH']) !== undefined;
}
