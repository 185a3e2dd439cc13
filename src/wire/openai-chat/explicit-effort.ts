import { type ReasoningEffort } from '../../kernel/completion-request.js';

/** `none` is a word of OpenAI's that many models refuse: a vendor hears it from clients that said it themselves, not from those that switched thinking off in other words. */
export function explicitEffort(effort: ReasoningEffort | undefined): { readonly reasoning_effort?: 'none' } {
  return effort === 'none' ? { reasoning_effort: effort } : {};
}
