import { minimumVersions } from '../minimum-versions.js';

const INSTALL = `\`npm install -g @google/gemini-cli@${minimumVersions.gemini}\``;

/** What is wrong and what to do about it: for clients and the operator. */
export const NOT_INSTALLED = `Gemini CLI is not installed. Install it with ${INSTALL} or set SHELLM_GEMINI_BIN, then start the gateway again.`;
export const NOT_LOGGED_IN =
  'Gemini CLI is not logged in, or its login is no longer valid. Run `gemini` on the machine of the gateway and choose "Login with Google", or set GEMINI_API_KEY.';
export const LOGIN_UNCHECKED =
  'Gemini CLI could not confirm its login with Google: it is no longer valid, or Google cannot be reached. Run `gemini` on the machine of the gateway and log in again, or set GEMINI_API_KEY.';
export const KEY_REFUSED = 'Google refuses the API key of Gemini CLI. Check GEMINI_API_KEY (with Vertex AI: GOOGLE_API_KEY or the service account).';
export const NOT_ALLOWED = 'The account of Gemini CLI may not use Gemini. Check its plan and GOOGLE_CLOUD_PROJECT, or set GEMINI_API_KEY.';
export const NO_KEY = 'SHELLM_SUBSCRIPTIONS is off and Gemini CLI has no API key. Set GEMINI_API_KEY, or GOOGLE_GENAI_USE_VERTEXAI and its variables.';
export const NO_VERTEX = 'GOOGLE_GENAI_USE_VERTEXAI is on but says not whom to bill. Set GOOGLE_API_KEY, or GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION.';

export function tooOld(version: string): string {
  return `Gemini CLI ${version} is too old: ${minimumVersions.gemini} or later is needed. Update it with ${INSTALL}, then start the gateway again.`;
}
