/** How closely a model is to look, where that is not left to it. */
export type ImageDetail = 'low' | 'high';

/**
 * A piece of what a user or a tool said. Binary data is base64, without the `data:` prefix. `param` is where the client
 * wrote the part (`messages[0].content[1]`): a provider that cannot take it names it in its 400.
 */
export type ContentPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly data: string; readonly detail?: ImageDetail; readonly param: string }
  | { readonly type: 'image-url'; readonly url: string; readonly detail?: ImageDetail; readonly param: string }
  | { readonly type: 'file'; readonly mediaType: string; readonly data: string; readonly filename?: string; readonly param: string }
  | { readonly type: 'audio'; readonly param: string };

/** A function call of the model. `json` is the arguments text as the model wrote it: it need not be valid JSON. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  readonly json: string;
}

/** What the model thought before it spoke. */
export interface Reasoning {
  readonly text: string;
  /** The vendor's proof that the words are the model's own, opaque: it goes back to that vendor unchanged, or not at all. */
  readonly signature?: string;
  /** The vendor keeps the words to itself: `text` is empty, `signature` is what it sent in their place. */
  readonly redacted?: true;
}

/**
 * One turn of the conversation before the answer. System and developer texts are not turns: they are
 * {@link CompletionRequest.system}.
 */
export type Message =
  | { readonly role: 'user'; readonly content: readonly ContentPart[] }
  | { readonly role: 'assistant'; readonly reasoning?: readonly Reasoning[]; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly callId: string; readonly content: readonly ContentPart[]; readonly isError?: true };

/** What was said: the system texts, and the turns. */
export interface Conversation {
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** How many of the messages are said and answered; 0 before the first answer. */
export function answeredCount(messages: readonly Message[]): number {
  return messages.findLastIndex(({ role }) => role === 'assistant') + 1;
}

/** What follows the last answer: the new turn. */
export function newTurnOf(messages: readonly Message[]): readonly Message[] {
  return messages.slice(answeredCount(messages));
}
