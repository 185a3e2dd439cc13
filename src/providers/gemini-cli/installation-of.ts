import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loginTermOf } from './login-term.js';
import { type AuthType } from './login.js';
import { type Program } from './program.js';
import { type Installation } from '../installation.js';

const keyVariables: Readonly<Record<AuthType, string | undefined>> = {
  'gemini-api-key': 'GEMINI_API_KEY',
  'vertex-ai': 'GOOGLE_GENAI_USE_VERTEXAI',
  'oauth-personal': undefined,
};

/** @param userFolder the user's `~/.gemini` */
export function installationOf(program: Program | undefined, auth: AuthType, userFolder: string): Installation {
  const loginFiles = ['oauth_creds.json', 'gemini-credentials.json'].map((name) => join(userFolder, name));
  // Of a script it is the script that has a name, not the Node that runs it.
  return { command: program && (program.args[0] ?? program.command), version: program?.version, keyVariable: keyVariables[auth], loginFiles, login: termIn(loginFiles[0]) };
}

function termIn(file = ''): ReturnType<typeof loginTermOf> {
  try {
    return loginTermOf(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // none, or one that is encrypted
  }
}
