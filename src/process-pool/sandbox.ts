import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, sep } from 'node:path';
import { type ChildUser } from './child-user.js';
import { type LaunchSpec } from './launch-spec.js';
import { locate } from './locate.js';
import { type ChildFolder } from './run-folder.js';
import { ConfigurationError } from '../config/settings.js';

/** Where bubblewrap is, whatever PATH somebody gave the gateway. */
const PLACES = '/usr/bin:/bin:/usr/local/bin:/run/wrappers/bin:/run/current-system/sw/bin';
const PROBE_MS = 5000;

/** The programs of the system, and of its configuration what they need to find names, certificates and the time. */
const systemFolders: readonly string[] = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store'];
const systemFiles: readonly string[] = [
  ...['resolv.conf', 'hosts', 'host.conf', 'nsswitch.conf', 'gai.conf', 'services', 'protocols', 'passwd', 'group', 'localtime', 'timezone', 'os-release'],
  ...['ld.so.cache', 'ld.so.conf', 'ld.so.conf.d', 'alternatives', 'ssl', 'pki', 'ca-certificates', 'crypto-policies'],
].map((name) => `/etc/${name}`);
/** Variables that name a file to read. */
const fileVariables: readonly string[] = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GOOGLE_APPLICATION_CREDENTIALS'];

/** Bytes of the sandbox's own /tmp; a program's TMPDIR is on disk, and counted there. */
const TMP_BYTES = 64 * 1024 ** 2;

/** Processes and IPC of its own, no privileges, ends with its gateway. The network stays. */
const walls: readonly string[] = [
  ...['--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try', '--die-with-parent', '--cap-drop', 'ALL'],
  ...['--proc', '/proc', '--dev', '/dev', '--size', String(TMP_BYTES), '--tmpfs', '/tmp'],
];

/** Bubblewrap (https://github.com/containers/bubblewrap): a program sees the system, read only, its own folders, and of its user's home what it needs. */
export class Sandbox {
  readonly #system: readonly string[];

  private constructor(private readonly command: string) {
    this.#system = [...walls, ...systemFolders.flatMap(systemFolder), ...systemFiles.flatMap((path) => readOnly(path))];
  }

  /**
   * @returns undefined where it is not to be used
   * @throws ConfigurationError where it must be used and does not work
   */
  static open(mode: 'off' | 'auto' | 'on', user: ChildUser | undefined, told: (why: string) => void = () => undefined): Sandbox | undefined {
    if (mode === 'off') return undefined;
    const command = locate('bwrap', PLACES);
    const sandbox = command === undefined ? undefined : new Sandbox(command);
    const problem = sandbox ? sandbox.#problem(user) : 'bubblewrap (bwrap) is not installed';
    if (problem === undefined) return sandbox;
    if (mode === 'on') throw new ConfigurationError(`SHELLM_SANDBOX: ${problem}`);
    told(problem);
    return undefined;
  }

  /**
   * A command that runs a program's within walls.
   *
   * @param env the whole environment of the program
   * @param home stands in for the user's home
   */
  wrap(
    spec: LaunchSpec,
    env: Readonly<Record<string, string>>,
    folder: Pick<ChildFolder, 'path' | 'work' | 'tmp'>,
    home: string,
  ): { readonly command: string; readonly args: string[] } {
    const { files = {} } = spec;
    const userHome = env['HOME'] ?? homedir();
    const command = locate(spec.command, env['PATH']) ?? spec.command;
    return {
      command: this.command,
      args: [
        ...this.#system,
        // From the outside to the inside: what comes later lies over what came before.
        ...(isAbsolute(userHome) && userHome !== '/' ? ['--bind', home, userHome] : []),
        ...programFiles(command, spec.args, env, userHome).flatMap(readOnly),
        ...[...(files.read ?? []), ...fileVariables.flatMap((name) => env[name] ?? [])].flatMap(readOnly),
        ...['--ro-bind', folder.path, folder.path, '--bind', folder.work, folder.work, '--bind', folder.tmp, folder.tmp],
        ...[...(spec.state ?? []), ...(files.write ?? [])].flatMap((path) => ['--bind-try', path, path]),
        ...(files.hide ?? []).flatMap(hidden),
        ...['--remount-ro', '/', '--chdir', folder.work, '--', command, ...spec.args],
      ],
    };
  }

  /** Why it does not work here; undefined: it does. */
  #problem(user: ChildUser | undefined): string | undefined {
    try {
      const identity = user ? { uid: user.uid, gid: user.gid } : {};
      execFileSync(this.command, [...this.#system, '--remount-ro', '/', '--', '/bin/sh', '-c', 'exit 0'], {
        ...identity,
        env: {},
        cwd: '/',
        stdio: ['ignore', 'ignore', 'pipe'],
        timeout: PROBE_MS,
      });
      return undefined;
    } catch (error) {
      const { stderr } = error as { readonly stderr?: Buffer };
      return `bubblewrap does not work here (${stderr?.toString().trim().split('\n')[0]?.slice(0, 200) ?? 'it does not start'})`;
    }
  }
}

/** `/bin` is a link to `usr/bin` on most systems. */
function systemFolder(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink() ? ['--symlink', readlinkSync(path), path] : ['--ro-bind', path, path];
}

function readOnly(path: string): string[] {
  return ['--ro-bind-try', path, path];
}

function hidden(path: string): string[] {
  if (!existsSync(path)) return [];
  return statSync(path).isDirectory() ? ['--size', String(TMP_BYTES), '--tmpfs', path] : ['--ro-bind', '/dev/null', path];
}

/** Where a program lies, the scripts that its arguments name, and the Node that runs them: without the system's own, each once. */
function programFiles(command: string, args: readonly string[], env: Readonly<Record<string, string>>, home: string): readonly string[] {
  const named = [command, ...args.filter((arg) => isAbsolute(arg) && isFile(arg)), locate('node', env['PATH']) ?? process.execPath];
  const found = named.flatMap((path) => [path, real(path)]).map((path) => packageOf(path, home));
  return [...new Set(found)].filter((path) => !systemFolders.some((folder) => path.startsWith(`${folder}${sep}`))).sort();
}

/** The outermost `node_modules` that a file lies in, since what it imports may lie anywhere there; else its folder, but no home and no root. */
function packageOf(path: string, home: string): string {
  const parts = path.split(sep);
  const index = parts.indexOf('node_modules');
  if (index !== -1) return parts.slice(0, index + 1).join(sep);
  const folder = dirname(path);
  return folder === home || folder === dirname(home) || folder === '/' || folder === '/tmp' ? path : folder;
}

function real(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
