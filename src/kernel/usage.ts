/** Tokens of a prompt. */
export interface PromptTokens {
  /** The whole prompt, cached part included. */
  readonly inputTokens: number;
  /** The part that was read from the vendor's cache. */
  readonly cachedInputTokens?: number;
  /** The part that was written to the vendor's cache. */
  readonly cacheWriteInputTokens?: number;
}

/** Tokens of one completion, as the provider counted them. */
export interface Usage extends PromptTokens {
  /** The whole answer, reasoning included. */
  readonly outputTokens: number;
  readonly reasoningTokens?: number;
  /** The part of the prompt that is not the client's: what a CLI, and the gateway, say to the model beside it. An estimate; undefined where nobody knows. */
  readonly scaffoldTokens?: number;
  /** True where the provider gave no figure and ours is a guess. */
  readonly estimated?: boolean;
}

/** The prompt's tokens as far as they are told; undefined where they are not. */
export function promptOf({ inputTokens, cachedInputTokens, cacheWriteInputTokens }: Partial<PromptTokens>): PromptTokens | undefined {
  if (inputTokens === undefined) return undefined;
  return {
    inputTokens,
    ...(cachedInputTokens === undefined ? {} : { cachedInputTokens }),
    ...(cacheWriteInputTokens === undefined ? {} : { cacheWriteInputTokens }),
  };
}

/** A guess at the tokens of a text: four characters a token, at least one for a text that is not empty. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
