import { type CompletionCall } from './completion-call.js';
import { estimateInput } from './estimate-input.js';
import { countOf, listOf } from '../kernel/read-value.js';
import { type ModelId } from '../kernel/model-id.js';
import { type Amount } from '../usage/amount.js';
import { type Prices } from '../usage/prices.js';
import { costOf, tokensOf } from '../usage/usage-row.js';

/** Tokens of an answer whose length nobody limits, to begin with. */
const USUAL_ANSWER = 1000;

type Asked = Pick<CompletionCall, 'body' | 'decode' | 'format'>;

/** What a completion may take, as far as can be guessed before it is made; no more than one can take, whatever its client claims. */
export function mayTake(call: Asked, target: ModelId | undefined, prices: Pick<Prices, 'costOf'>): Amount {
  const inputTokens = tokensOf(estimateInput(call));
  const outputTokens = tokensOf(outputLimitOf(call));
  const nanos = (target && prices.costOf(target, undefined, { inputTokens, outputTokens })) ?? 0;
  return { tokens: inputTokens + outputTokens, nanos: costOf(nanos) };
}

/** How long the answers may become together: by the client's limit, or a guess. Tokens. */
function outputLimitOf(call: Asked): number {
  if (call.format === 'openai-embeddings') return 0;
  return answersOf(call.body) * limitOf(call);
}

function limitOf({ decode }: Asked): number {
  try {
    return decode().maxOutputTokens ?? USUAL_ANSWER;
  } catch {
    return USUAL_ANSWER;
  }
}

/** Several may be asked for at once, of one prompt or of several. */
function answersOf({ n, best_of: bestOf, prompt }: Asked['body']): number {
  const prompts = listOf(prompt).filter((each) => typeof each !== 'number').length;
  return Math.max(1, countOf(n) ?? 1, countOf(bestOf) ?? 1) * Math.max(1, prompts);
}
