import { type AnswerFacts, type EncodedFacts, encodeFacts } from './answer-facts.js';
import { type Completion } from '../../kernel/completion.js';

export interface SimpleCompletion extends EncodedFacts {
  readonly content: string;
}

/** Writes a whole answer. */
export function encodeSimpleCompletion({ text, reason, usage }: Completion, facts: AnswerFacts): SimpleCompletion {
  return { content: text, ...encodeFacts(facts, reason, usage) };
}
