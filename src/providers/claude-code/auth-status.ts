/** Whether the CLI can speak to its vendor, and who is billed for it. */
export interface AuthStatus {
  readonly loggedIn: boolean;
  readonly auth: 'subscription' | 'api_key' | undefined;
}

/** Variables that make the CLI bill a key, whatever login it has. */
const keyVariables = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN'];
const cloudSwitches = ['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'];

export function hasApiKey(env: Readonly<Record<string, string>>): boolean {
  return keyVariableOf(env) !== undefined;
}

/** The variable by which a key is billed. */
export function keyVariableOf(env: Readonly<Record<string, string>>): string | undefined {
  // The CLI's own reading of a switch: `0` is off, and then its login is billed.
  return keyVariables.find((name) => (env[name] ?? '') !== '') ?? cloudSwitches.find((name) => /^(1|true|yes|on)$/i.test(env[name]?.trim() ?? ''));
}

/** Reads what `claude auth status` prints. It proves that there are credentials, not that they work. @throws where it is something else */
export function parseAuthStatus(output: string): AuthStatus {
  const { loggedIn, authMethod } = JSON.parse(output) as { readonly loggedIn?: unknown; readonly authMethod?: unknown };
  if (typeof loggedIn !== 'boolean') throw new Error('claude auth status does not say whether it is logged in');
  if (!loggedIn) return { loggedIn, auth: undefined };
  return { loggedIn, auth: authMethod === 'claude.ai' || authMethod === 'oauth_token' ? 'subscription' : 'api_key' };
}
