import { type RecordedTokens } from './session-file.js';
import { type Usage } from '../../kernel/usage.js';

/**
 * What each answer within one prompt of the CLI has cost. The CLI notes the tokens of each answer of its vendor; at the end of the prompt it tells the sum of all of them,
 * without what was cached and thought.
 */
export class PromptCost {
  /** Ids of the vendor's answers that were told of. */
  readonly #counted = new Set<string>();
  #input = 0;
  #output = 0;

  /** Of an answer that ends with a call: nothing where the vendor's answer was told of with an earlier call in it. Undefined where the CLI has noted none. */
  ofCall(notes: readonly RecordedTokens[]): Usage | undefined {
    const fresh = this.#uncounted(notes);
    if (this.#counted.size === 0) return undefined;
    const sum = sumOf(fresh);
    this.#input += sum.input;
    this.#output += sum.output;
    return usageOf(sum);
  }

  /** Of the last answer. @param told what the CLI said at the end */
  ofEnd(told: Usage | undefined, notes: readonly RecordedTokens[]): Usage | undefined {
    const fresh = this.#uncounted(notes);
    if (!told) return fresh.length > 0 ? usageOf(sumOf(fresh)) : undefined;
    const rest = { ...told, inputTokens: Math.max(0, told.inputTokens - this.#input), outputTokens: Math.max(0, told.outputTokens - this.#output) };
    // The notes may still hold those of the turn before.
    const noted = [fresh, fresh.slice(-1)].map(sumOf).find(({ input, output }) => input === rest.inputTokens && output === rest.outputTokens);
    return noted ? usageOf(noted) : rest;
  }

  #uncounted(notes: readonly RecordedTokens[]): RecordedTokens[] {
    const fresh = notes.filter(({ id }) => !this.#counted.has(id));
    for (const { id } of fresh) this.#counted.add(id);
    return fresh;
  }
}

type Tokens = Omit<RecordedTokens, 'id'>;

function sumOf(notes: readonly Tokens[]): Tokens {
  const total = (name: keyof Tokens): number => notes.reduce((sum, note) => sum + note[name], 0);
  return { input: total('input'), output: total('output'), cached: total('cached'), thoughts: total('thoughts') };
}

function usageOf({ input, output, cached, thoughts }: Tokens): Usage {
  return { inputTokens: input, outputTokens: output + thoughts, cachedInputTokens: cached, reasoningTokens: thoughts };
}
