import { type History, type HistorySummary } from '../histories/history.js';

/** A client's own words on a conversation. */
export type Metadata = Readonly<Record<string, string>>;

/** A conversation without what was said in it. */
export interface ConversationSummary extends HistorySummary {
  readonly metadata: Metadata;
}

/** A history that the body of a request names. */
export interface Conversation extends History, ConversationSummary {}

/** What a client begins one with. */
export interface ConversationDefinition {
  /** How the model is to answer; undefined: nothing is said of it. */
  readonly system: string | undefined;
  readonly metadata: Metadata;
}
