import { type Capabilities } from '../../kernel/capabilities.js';

/** One API that speaks Chat Completions: all in which it differs from the others. */
export interface Vendor {
  /** The provider's id. */
  readonly id: string;
  /** What errors call it: `OpenAI`, `"vllm"`. */
  readonly label: string;
  readonly baseUrl: string;
  /** The gateway's own key; undefined: none is sent. */
  readonly key: string | undefined;
  /** Whether there is enough to ask it. Undefined: it is looked for, and configured while it answers. */
  readonly configured: boolean | undefined;
  /** `X-OpenAI-API-Key` of a client: used for its request, a 400, or none of this vendor's business. */
  readonly clientKey: 'taken' | 'refused' | 'ignored';
  /** What its id alone runs; undefined: the first of its list. */
  readonly defaultModel: string | undefined;
  /** What it calls the limit of the answer's tokens. */
  readonly maxTokensName: 'max_completion_tokens' | 'max_tokens';
  /** Parameters of OpenAI's alone, which it refuses. */
  readonly unknownParameters: readonly string[];
  readonly capabilities: Capabilities;
  /** What to do where it is not usable, where it refuses the key, and where it cannot be reached: sentences for the operator. */
  readonly advice: { readonly unusable: string; readonly refused: string; readonly unreachable: string };
}
