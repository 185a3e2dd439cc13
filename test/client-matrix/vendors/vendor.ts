import { type ToldCall, type Tokens, type ToolUse } from '../../support/clients/client.js';

/** What a vendor is told to answer to one request. */
export interface Step {
  readonly text?: string;
  readonly calls?: readonly ToolUse[];
  /** What it answers to a schema. */
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
  /** For the gateway. */
  readonly environment: Record<string, string>;
  /** A prompt that holds the script of its own answers. */
  say(prompt: string, steps: readonly Step[]): string;
  /** What reached it of the conversation that holds this text. */
  received(text: string): readonly Received[];
  close(): Promise<void>;
}

export type StartVendor = () => Promise<MatrixVendor>;

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
