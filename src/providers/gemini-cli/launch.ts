import { join } from 'node:path';
import { makeHome } from './gemini-home.js';
import { leanSettings } from './lean-settings.js';
import { type AuthType, loginFiles } from './login.js';
import { type Program } from './program.js';
import { declareVariables } from '../../config/declare-variables.js';
import { type LaunchSpec } from '../../process-pool/launch-spec.js';

export const NAME = 'Gemini CLI';

/** The newest model that is no preview; "auto" would cost a second call to the vendor. */
export const DEFAULT_MODEL = 'gemini-3.8-flash';

/** Whether a name stands for the CLI's own choice of a model, which costs a call to the vendor before each answer. */
export function routes(model: string): boolean {
  return /^auto\b/.test(model);
}

/** Variables of the gateway's own environment that the CLI gets, where they are set: how it logs in and whom it calls. */
export const passedOn = declareVariables([
  ...['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL', 'GOOGLE_API_KEY', 'GOOGLE_CLOUD_PROJECT', 'GOOGLE_CLOUD_LOCATION'],
  ...['GOOGLE_GENAI_USE_VERTEXAI', 'GOOGLE_APPLICATION_CREDENTIALS'],
]);

// Where its login is; its processes have homes of their own.
declareVariables(['GEMINI_CLI_HOME']);

const switches: Readonly<Record<string, string>> = {
  GEMINI_CLI_TRUST_WORKSPACE: 'true',
  GEMINI_TELEMETRY_ENABLED: 'false',
  // Nobody sits there to log in.
  NO_BROWSER: 'true',
  // It would start itself once more, as a child.
  GEMINI_CLI_NO_RELAUNCH: 'true',
};

/** Serves many chats over stdin and stdout, in a home of its own that goes with it. */
export function serverProcess({ command, args }: Program, env: Readonly<Record<string, string>>, auth: AuthType, userFolder: string): LaunchSpec {
  return {
    name: NAME,
    group: 'gemini',
    command,
    args: [...args, '--acp', '-m', DEFAULT_MODEL, '-e', 'none'],
    env: { ...env, ...switches },
    files: auth === 'oauth-personal' ? { write: loginFiles.map((name) => join(userFolder, name)) } : {},
    prepare: (folder) => makeHome(folder, leanSettings(auth), auth === 'oauth-personal' ? userFolder : undefined),
    // A process that serves many has no end to what it says in all; a line is bounded as ever.
    limits: { stdout: Infinity, stderr: Infinity },
  };
}
