import { type Message } from './message.js';

export type ReasoningEffort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';

export interface FunctionTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly strict?: boolean;
}

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string };

export type ResponseFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json-object' }
  | {
      readonly type: 'json-schema';
      readonly name: string;
      readonly description?: string;
      readonly schema: Readonly<Record<string, unknown>>;
      readonly strict?: boolean;
    };

/**
 * A completion in no vendor's words: what every wire format decodes to and every provider's `stream()` takes.
 * The model is not part of it: which provider and model serve it is the router's word.
 */
export interface CompletionRequest {
  /** System and developer texts, in order. */
  readonly system: readonly string[];
  /** At least one; the last is a `user` or a `tool` turn. */
  readonly messages: readonly Message[];
  readonly maxOutputTokens?: number;
  /** Sequences that end the answer; they are not part of it. At most 64. */
  readonly stop: readonly string[];
  /** `none`: no thinking, where that can be switched off. An API vendor is told so by {@link vendorParameters} alone. */
  readonly reasoningEffort?: ReasoningEffort;
  readonly tools: readonly FunctionTool[];
  readonly toolChoice: ToolChoice;
  readonly parallelToolCalls: boolean;
  readonly responseFormat: ResponseFormat;
  /** Wire names of parameters that were sent and that only an API can set (`temperature`, `seed`, …): a CLI ignores them and says so. */
  readonly samplingParameters: readonly string[];
  /** What an API vendor is to be told beside all this, by wire name, as the client sent it: sampling values, and fields that the gateway does not know. */
  readonly vendorParameters?: Readonly<Record<string, unknown>>;
  /** What was asked for and nobody here can do, by its name: it is ignored, and the client told. */
  readonly ignoredParameters?: readonly string[];
  /** Wire names of what only an API can do at all (`n` over 1, `logprobs`, audio): a CLI refuses them. */
  readonly apiOnlyParameters: readonly string[];
}
