import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The CLI's own names of the ways to log in. */
export type AuthType = 'oauth-personal' | 'gemini-api-key' | 'vertex-ai';

/** Files of the user's `~/.gemini` that hold his login: the CLI renews them in place. */
export const loginFiles: readonly string[] = ['oauth_creds.json', 'google_accounts.json', 'gemini-credentials.json'];

/** Which way the CLI has to go, by its environment: a key is billed instead of the login, as the CLI itself does. */
export function authTypeOf(env: Readonly<Record<string, string>>): AuthType {
  if (isSet(env['GEMINI_API_KEY'])) return 'gemini-api-key';
  return env['GOOGLE_GENAI_USE_VERTEXAI'] === 'true' || env['GOOGLE_GENAI_USE_VERTEXAI'] === '1' ? 'vertex-ai' : 'oauth-personal';
}

/** Whether there is what the way needs. It proves that there are credentials, not that they work. @param userFolder the user's `~/.gemini` */
export function hasCredentials(type: AuthType, env: Readonly<Record<string, string>>, userFolder: string): boolean {
  switch (type) {
    case 'gemini-api-key':
      return true;
    case 'vertex-ai':
      return isSet(env['GOOGLE_API_KEY']) || (isSet(env['GOOGLE_CLOUD_PROJECT']) && isSet(env['GOOGLE_CLOUD_LOCATION']));
    case 'oauth-personal':
      return isSet(env['GOOGLE_CLOUD_ACCESS_TOKEN']) || ['oauth_creds.json', 'gemini-credentials.json'].some((name) => existsSync(join(userFolder, name)));
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
