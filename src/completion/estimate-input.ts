import { type CompletionCall } from './completion-call.js';
import { estimateInputTokens } from '../kernel/estimate-input-tokens.js';
import { estimateTokens } from '../kernel/usage.js';

/** What is so long and has no blank is no text: a picture, a sound. Characters. */
const MEDIUM = 4000;

/** A guess at the tokens that a request puts in, whatever it holds: also one that only its vendor understands. */
export function estimateInput({ body, decode }: Pick<CompletionCall, 'body' | 'decode'>): number {
  try {
    return estimateInputTokens(decode());
  } catch {
    return estimateTokens(JSON.stringify(body, clip).length);
  }
}

function clip(_: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > MEDIUM && !/\s/.test(value.slice(0, MEDIUM)) ? value.slice(0, MEDIUM) : value;
}
