import { type Usage } from '../../kernel/usage.js';

/** The figures of Anthropic's `usage` that change in the course of an answer. */
export interface AnthropicFigures {
  /** The part of the prompt that was neither read from the cache nor written to it. */
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly thinking_tokens: number } | null;
  readonly server_tool_use: null;
}

/** Anthropic's `usage` of a whole message. */
export interface AnthropicUsage extends AnthropicFigures {
  readonly cache_creation: null;
  readonly inference_geo: null;
  readonly service_tier: null;
  readonly speed: null;
}

export function encodeFigures(usage: Usage): AnthropicFigures {
  const { inputTokens, outputTokens, cachedInputTokens: read = 0, cacheWriteInputTokens: written = 0, reasoningTokens } = usage;
  return {
    input_tokens: Math.max(0, inputTokens - read - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: read,
    output_tokens: outputTokens,
    output_tokens_details: reasoningTokens === undefined ? null : { thinking_tokens: reasoningTokens },
    server_tool_use: null,
  };
}

export function encodeUsage(usage: Usage): AnthropicUsage {
  return { ...encodeFigures(usage), cache_creation: null, inference_geo: null, service_tier: null, speed: null };
}
