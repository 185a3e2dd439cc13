/** Whether the CLI can speak to its vendor, and who is billed for it. */
export interface Login {
  readonly loggedIn: boolean;
  readonly auth: 'subscription' | 'api_key' | undefined;
}

const none: Login = { loggedIn: false, auth: undefined };

/**
 * Reads the CLI's `auth.json`. It proves that there are credentials, not that they work. An access token that has expired says nothing: the CLI renews it.
 *
 * @param text undefined: there is no such file
 */
export function readLogin(text: string | undefined): Login {
  const { OPENAI_API_KEY: key, tokens } = objectOf(text);
  if (tokens !== null && typeof tokens === 'object' && 'refresh_token' in tokens) return { loggedIn: true, auth: 'subscription' };
  return typeof key === 'string' && key !== '' ? { loggedIn: true, auth: 'api_key' } : none;
}

function objectOf(text: string | undefined): { readonly OPENAI_API_KEY?: unknown; readonly tokens?: unknown } {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // it is being written at this moment
  }
}
