import { type CompletionRequest, type ReasoningEffort } from '../../kernel/completion-request.js';

/** What the CLI can change between two turns of one process. It is sent whole, so that nothing of the turn before is left. */
export interface TurnSettings {
  readonly effortLevel: string | null;
  readonly env: { readonly CLAUDE_CODE_MAX_OUTPUT_TOKENS: string; readonly CLAUDE_CODE_DISABLE_THINKING: string };
}

/** The CLI's own defaults: what a fresh process has. */
export const defaultTurnSettings: TurnSettings = { effortLevel: null, env: { CLAUDE_CODE_MAX_OUTPUT_TOKENS: '', CLAUDE_CODE_DISABLE_THINKING: '' } };

/** The CLI's lowest level is `low`; it has none for "no reasoning", but a switch. */
const levels: Readonly<Record<ReasoningEffort, string>> = { none: 'low', minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh' };

export function turnSettings({ reasoningEffort, maxOutputTokens }: CompletionRequest): TurnSettings {
  return {
    effortLevel: reasoningEffort === undefined ? null : levels[reasoningEffort],
    env: {
      CLAUDE_CODE_MAX_OUTPUT_TOKENS: maxOutputTokens === undefined ? '' : String(maxOutputTokens),
      CLAUDE_CODE_DISABLE_THINKING: reasoningEffort === 'none' ? '1' : '',
    },
  };
}

export function sameTurnSettings(one: TurnSettings, other: TurnSettings): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
