import { type PromptTokens, type Usage } from './usage.js';

export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter';

/** A request parameter that the provider cannot set and therefore ignored. `parameter` is its wire name. */
export interface Warning {
  readonly type: 'ignored-parameter';
  readonly parameter: string;
}

/**
 * What a provider says, from the first to the last word. The grammar: one `stream-start`; then blocks, each a start, its deltas and
 * an end under one number, which may interleave; then one `stream-end`, and nothing after it.
 * A failure is the Observable's `error` with a `GatewayError`: there is no other way to fail.
 */
export type StreamEvent =
  | StreamStart
  | { readonly type: 'text-start' | 'reasoning-start'; readonly block: number }
  | TextDelta
  | { readonly type: 'text-end'; readonly block: number }
  /** `signature` and `redacted`: see {@link Reasoning}. */
  | { readonly type: 'reasoning-end'; readonly block: number; readonly signature?: string; readonly redacted?: true }
  | { readonly type: 'tool-call-start'; readonly block: number; readonly callId: string; readonly name: string }
  | { readonly type: 'tool-call-delta'; readonly block: number; readonly json: string }
  | { readonly type: 'tool-call-end'; readonly block: number }
  | StreamEnd;

/** With the prompt's tokens where they are known before the answer: what is left to report when the gateway cuts it. */
export interface StreamStart extends Partial<PromptTokens> {
  readonly type: 'stream-start';
  /** The provider's own id of the answer, or a random one. */
  readonly id: string;
  /** The model that runs, in the provider's words. */
  readonly model: string;
  readonly warnings: readonly Warning[];
  /** The vendor's headers that a client may see, lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TextDelta {
  readonly type: 'text-delta' | 'reasoning-delta';
  readonly block: number;
  readonly text: string;
}

export interface StreamEnd {
  readonly type: 'stream-end';
  readonly reason: FinishReason;
  readonly usage: Usage;
  /** The stop sequence that ended the answer, where one did. */
  readonly stopSequence?: string;
}
