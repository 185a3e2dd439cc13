import { delimiter, isAbsolute } from 'node:path';
import { declareVariables } from '../config/declare-variables.js';

/** What any program needs to find its files, its language and the network. */
const always: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ'],
  ...declareVariables(['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']),
  ...['https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'],
  ...declareVariables(['NODE_EXTRA_CA_CERTS']),
  ...['SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/** Variables that make a loader, an interpreter or a shell run code that somebody else chose. */
const loading =
  'LD_\\w*|DYLD_\\w*|GCONV_PATH|NODE_OPTIONS|NODE_PATH|NODE_REPL_EXTERNAL_MODULE|BUN_OPTIONS|BASH_ENV|BASH_FUNC_.*|ENV|PYTHON\\w*|PERL5\\w*|RUBY\\w*|JAVA_TOOL_OPTIONS';

/** The names that may be passed on to a child: none of the gateway's own, none by which other code gets into it. */
export const PASSABLE = new RegExp(`^(?!(?:SHELLM_.*|${loading})$)[A-Za-z_]\\w*$`);
export const NOT_PASSABLE = "must be names of variables; the gateway's own and those by which a program loads other code (LD_PRELOAD, NODE_OPTIONS, …) are not passed on";

/**
 * A child's environment: what every program needs, the variables that `names` asks for, and `extra`, which wins. Nothing else of `source`, never a
 * variable that is not {@link PASSABLE}, whoever asks for it, and of the PATH only what does not depend on the folder that the child works in.
 */
export function childEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const wanted = new Set([...always, ...names]);
  const kept = Object.entries(source).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (wanted.has(entry[0]) || /^LC_[A-Z]+$/.test(entry[0])) && PASSABLE.test(entry[0]),
  );
  const environment = { ...Object.fromEntries(kept), ...extra };
  if (environment['PATH'] !== undefined) environment['PATH'] = absolute(environment['PATH']);
  return environment;
}

function absolute(path: string): string {
  return path.split(delimiter).filter(isAbsolute).join(delimiter);
}
