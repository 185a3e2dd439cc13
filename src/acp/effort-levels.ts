import { type ReasoningEffort } from '../kernel/completion-request.js';

/** What agents call an effort, the best name first. */
const names: Readonly<Record<ReasoningEffort, readonly string[]>> = {
  none: ['none', 'off', 'minimal', 'low'],
  minimal: ['minimal', 'low'],
  low: ['low'],
  medium: ['medium'],
  high: ['high'],
  xhigh: ['xhigh', 'max', 'high'],
};

/** The level of an agent's own that stands for an effort; undefined where it has none. */
export function levelOf(effort: ReasoningEffort, levels: readonly string[]): string | undefined {
  return names[effort].find((name) => levels.includes(name));
}
