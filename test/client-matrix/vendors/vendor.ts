import { type ToldCall, type Tokens, type ToolUse } from '../../support/clients/client.js';

/** What a vendor is told to answer to one request. */
export interface Step {
  readonly text?: string;
  readonly calls?: readonly ToolUse[];
  /** What it answers to a schema. It may have an answer of its own. */
  readonly object?: object;
  /** So many words in place of a text, with a wait between them. Milliseconds. */
  readonly words?: number;
  readonly intervalMs?: number;
  readonly tokens: Tokens;
}

/** One request that reached a vendor. */
export interface Received {
  /** The names of the tools it was offered. */
  readonly tools: readonly string[];
  /** The results in it that answer one of its calls, by the call's id, in order. */
  readonly results: readonly ToldCall[];
  /** The caller went away before the answer was whole. */
  readonly aborted: boolean;
}

/** A vendor behind a provider, that answers by script and notes what reaches it. */
export interface MatrixVendor {
  /** The provider. */
  readonly id: string;
  /** The name by which a client asks for it: `<provider>/<model>`. */
  readonly model: string;
  /** Whether its CLI makes the calls of one answer one after another. */
  readonly callsSingly?: true;
  /** For the gateway. */
  readonly environment: Record<string, string>;
  /** A prompt that holds the script of its own answers. */
  say(prompt: string, steps: readonly Step[]): string;
  /** The text of a step, or a matcher of it. */
  text(step: Step): unknown;
  /** The object of a step, or a matcher of it. */
  object(step: Step): unknown;
  /** What a step costs, by its own count; `text` is the answer's. */
  tokens(step: Step, text: string): Partial<Tokens>;
  /** What reached it of the conversation that holds this text; undefined where nothing notes that. */
  received?(text: string): readonly Received[];
  close(): Promise<void>;
}

export type StartVendor = () => Promise<MatrixVendor>;

/** A vendor that says and counts what it is told. */
export const asTold: Pick<MatrixVendor, 'text' | 'object' | 'tokens'> = {
  text: ({ text, words = 0 }) => text ?? Array.from({ length: words }, (_, index) => `w${index + 1}`).join(' '),
  object: ({ object }) => object,
  tokens: ({ tokens }) => tokens,
};

/** Joins the results of a conversation with the calls they answer; a result of no call is left out. */
export function joined(calls: readonly (ToolUse & { readonly id: string })[], results: readonly { readonly id: string; readonly text: string }[]): ToldCall[] {
  return results.flatMap(({ id, text }) => {
    const call = calls.find((candidate) => candidate.id === id);
    return call === undefined ? [] : [{ name: call.name, args: call.args, result: text }];
  });
}

/** The text of content that is one, or parts with one. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part: { text?: string }) => part.text ?? '').join('') : '';
}
