/** Tokens of one completion, as the provider counted them. */
export interface Usage {
  /** The whole prompt, cached part included. */
  readonly inputTokens: number;
  /** The whole answer, reasoning included. */
  readonly outputTokens: number;
  /** The part that was read from the vendor's cache. */
  readonly cachedInputTokens?: number;
  /** The part that was written to the vendor's cache. */
  readonly cacheWriteInputTokens?: number;
  readonly reasoningTokens?: number;
  /** True where the provider gave no figure and ours is a guess. */
  readonly estimated?: boolean;
}

/** A guess at the tokens of a text: four characters a token, at least one for a text that is not empty. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4);
}
