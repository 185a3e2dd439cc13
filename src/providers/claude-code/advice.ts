import { minimumVersions } from '../minimum-versions.js';

const INSTALL = `\`npm install -g @anthropic-ai/claude-code@${minimumVersions.claude}\``;

/** What is wrong and what to do about it: for clients and the operator. */
export const NOT_INSTALLED = `Claude Code is not installed. Install it with ${INSTALL} or set SHELLM_CLAUDE_BIN, then start the gateway again.`;
export const NOT_STARTING = 'Claude Code does not start. Run `claude --version` on the machine of the gateway.';
export const NOT_LOGGED_IN =
  'Claude Code is not logged in, or its login is no longer valid. Run `claude` on the machine of the gateway and log in with /login, or set ANTHROPIC_API_KEY.';
export const NOT_ALLOWED = 'The account of Claude Code may not use Claude. Check its subscription, or set ANTHROPIC_API_KEY.';
export const NO_CREDIT = 'The account of Claude Code cannot be charged. Check its plan and credit.';
export const NO_KEY = 'SHELLM_SUBSCRIPTIONS is off and Claude Code has no API key. Set ANTHROPIC_API_KEY.';

export function tooOld(version: string): string {
  return `Claude Code ${version} is too old: ${minimumVersions.claude} or later is needed. Update it with ${INSTALL}, then start the gateway again.`;
}
