import { ConfigurationError } from '../../config/settings.js';

/** Settings of the CLI whose values are secrets; those that name a variable (`env_key`, `env_http_headers`, `bearer_token_env_var`) are none. */
const secret = /(^|_)(token|secret|password|api_key)$|^(http_)?headers$/;

/** Stops the start where a setting for the CLI holds a secret: every user of the machine can read a process's arguments. @throws ConfigurationError that names it */
export function refuseSecrets(variable: string, config: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(config)) {
    if (secret.test(name))
      throw new ConfigurationError(`${variable}: "${name}" would be seen by other users of the machine; "env_key" and "env_http_headers" name variables instead`);
    if (typeof value === 'object' && value !== null) refuseSecrets(variable, value as Readonly<Record<string, unknown>>);
  }
}
