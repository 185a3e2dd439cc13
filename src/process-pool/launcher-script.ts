/** Where the system's own programs are, whatever PATH somebody gave the gateway. */
export const PLACES = '/usr/bin:/bin:/run/current-system/sw/bin';

/**
 * What the launcher's shell runs before the gateway's lines; `shell` is how it was started. Its stdin: commands, one a line. Its stdout: `made LAST`, `unmade LAST`, `started ID PID`, `exited ID STATUS`.
 * Descriptor 3 is the watchdog's input. Variables have names that no program's environment has.
 *
 * A program leads a session of its own, which is told of before it runs. It holds one end of each of its pipes alone: each is opened for both directions first, since
 * opening one end waits for somebody at the other, who may be dead. A shell has SIGINT and SIGQUIT ignored in all that it runs in the background: `env` of coreutils
 * undoes it; elsewhere it stays, and means little to programs without a terminal.
 */
export const launcherScript = (shell: readonly string[]): string => `
PATH=${PLACES}
_setsid=$(command -v setsid)
if env --default-signal=INT true 2>/dev/null; then _setsid="$(command -v env) --default-signal=INT,QUIT $_setsid"; fi
_begin='
trap "" PIPE
echo "+ $$" >&3
echo "started $1 $$" >&4
trap - PIPE
exec 3>&- 4>&-
unset PWD OLDPWD SHLVL
shift
exec "$@"
'
make() { # FOLDER FIRST LAST
  _folder=$1 _at=$2 _last=$3
  set --
  while [ "$_at" -le "$_last" ]; do
    set -- "$@" "$_folder/$_at.in" "$_folder/$_at.out" "$_folder/$_at.err"
    _at=$((_at + 1))
  done
  if mkfifo -m 600 "$@"; then echo "made $_last"; else echo "unmade $_last"; fi
}
run() { # FOLDER CWD ID COMMAND ARG…
  cd "$2" || exit
  _pipes=$1/$3
  shift 2
  $_setsid ${shell.map(quoted).join(' ')} -c "$_begin" sh "$@" 4>&1 5<>"$_pipes.in" <"$_pipes.in" 5<>"$_pipes.out" >"$_pipes.out" 5<>"$_pipes.err" 2>"$_pipes.err" 5>&- &
  exec 3>&-
  wait $!
}
`;

/** The line that makes the pipes of programs that are to come. */
export function makeLine(folder: string, first: number, last: number): string {
  return `make ${quoted(folder)} ${first} ${last}\n`;
}

export interface RunLine {
  readonly folder: string;
  readonly cwd: string;
  readonly id: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The line that runs a program. A shell of its own waits for it: its exit is told even where the launcher is gone by then. */
export function runLine({ folder, cwd, id, command, args, env }: RunLine): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${quoted(value)}`);
  const exported = variables.length > 0 ? `export ${variables.join(' ')}; ` : '';
  return `(trap 'echo "exited ${id} $?"' 0; ${exported}run ${[folder, cwd, String(id), command, ...args].map(quoted).join(' ')}) & _${id}=$!\n`;
}

/** The line that takes leave of the shell which waited for a program, and has told of its exit. */
export function reapLine(id: number): string {
  return `wait $_${id}; unset _${id}\n`;
}

/** Nothing in it means anything to the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
