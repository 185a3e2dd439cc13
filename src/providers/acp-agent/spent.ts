import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Usage } from '../../kernel/usage.js';

/** What the client was told of the answers of one prompt, together. @param events the last answer's */
export function sumOf(spent: Usage | undefined, events: readonly StreamEvent[]): Usage {
  const end = events.find((event) => event.type === 'stream-end');
  return {
    inputTokens: (spent?.inputTokens ?? 0) + (end?.usage.inputTokens ?? 0),
    outputTokens: (spent?.outputTokens ?? 0) + (end?.usage.outputTokens ?? 0),
  };
}

/** What is left of an agent's figures of a whole prompt, beside what the client was told of its earlier answers: the sum is the agent's. */
export function restOf(told: Usage, spent: Usage | undefined): Usage {
  if (!spent) return told;
  const inputTokens = Math.max(0, told.inputTokens - spent.inputTokens);
  const outputTokens = Math.max(0, told.outputTokens - spent.outputTokens);
  const { cachedInputTokens: cached, cacheWriteInputTokens: written, reasoningTokens: reasoning } = told;
  return {
    ...{ inputTokens, outputTokens },
    ...(cached === undefined ? {} : { cachedInputTokens: Math.min(cached, inputTokens) }),
    ...(written === undefined ? {} : { cacheWriteInputTokens: Math.min(written, Math.max(0, inputTokens - (cached ?? 0))) }),
    ...(reasoning === undefined ? {} : { reasoningTokens: Math.min(reasoning, outputTokens) }),
  };
}
