import { type Message } from '../kernel/message.js';
import { type ModelId } from '../kernel/model-id.js';

/** A history without what was said. */
export interface HistorySummary {
  readonly id: string;
  /** Who answered last; undefined before the first turn. */
  readonly target: ModelId | undefined;
  readonly turns: number;
  /** Milliseconds since 1970, as all times here. */
  readonly createdAt: number;
  readonly usedAt: number;
  /** When it ends if nobody uses it. */
  readonly expiresAt: number;
}

/** What was said, as the gateway remembers it for a client. */
export interface History extends HistorySummary {
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** What a turn makes of a history. */
export interface HistoryState {
  readonly target: ModelId;
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** One turn's hold on a history: nobody else takes a turn in it meanwhile. */
export interface HistoryLease {
  readonly history: History;
  /** @throws GatewayError `context_length_exceeded` where there is no room for the messages that a turn begins with */
  checkRoom(messages: readonly Message[]): void;
  /**
   * Stores the turn; it is there for good when this resolves. Nothing where the history was deleted meanwhile: what was deleted does not come back.
   *
   * @throws GatewayError `context_length_exceeded` where the history has grown too long, `session_busy` where another instance took a turn meanwhile; the history stays as it was
   */
  commit(state: HistoryState): Promise<void>;
  /** Gives the hold up; once. */
  release(): void;
}
