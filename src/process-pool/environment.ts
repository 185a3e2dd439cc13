/** What any program needs to find its files, its language and the network. */
const always: readonly string[] = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LANGUAGE', 'TZ'],
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'all_proxy', 'no_proxy'],
  ...['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'],
];

/**
 * A child's environment: what every program needs, the variables that `names` asks for, and `extra`, which wins. Nothing else of `source`, and never a
 * variable of the gateway's own, whoever asks for it.
 */
export function childEnvironment(
  source: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const wanted = new Set([...always, ...names]);
  const kept = Object.entries(source).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && (wanted.has(entry[0]) || entry[0].startsWith('LC_')) && !entry[0].startsWith('SHELLM_'),
  );
  return { ...Object.fromEntries(kept), ...extra };
}
