import { minimumVersions } from '../minimum-versions.js';

const INSTALL = `\`npm install -g @openai/codex@${minimumVersions.codex}\``;

/** What is wrong and what to do about it: for clients and the operator. */
export const NOT_INSTALLED = `Codex CLI is not installed. Install it with ${INSTALL} or set SHELLM_CODEX_BIN, then start the gateway again.`;
export const NOT_STARTING = 'Codex CLI does not start. Run `codex --version` on the machine of the gateway.';
export const NOT_LOGGED_IN = 'Codex CLI is not logged in, or its login is no longer valid. Run `codex login` on the machine of the gateway, or set CODEX_API_KEY.';
export const NOT_ALLOWED = 'The account of Codex CLI may not use the model. Check its plan, or set CODEX_API_KEY.';
export const NO_KEY = 'SHELLM_SUBSCRIPTIONS is off and Codex CLI has no API key. Set CODEX_API_KEY.';

export function tooOld(version: string): string {
  return `Codex CLI ${version} is too old: ${minimumVersions.codex} or later is needed. Update it with ${INSTALL}, then start the gateway again.`;
}
