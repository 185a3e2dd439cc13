import { type Message } from '../kernel/message.js';
import { type ModelId } from '../kernel/model-id.js';

/** A session without its history. */
export interface SessionSummary {
  /** An unguessable UUID. */
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

/** A conversation that the gateway remembers for a client. */
export interface Session extends SessionSummary {
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** What a turn makes of a session. */
export interface SessionState {
  readonly target: ModelId;
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** One turn's hold on a session: nobody else takes a turn in it meanwhile. */
export interface SessionLease {
  readonly session: Session;
  /**
   * Stores the turn; it is there for good when this resolves. Nothing where the session was deleted meanwhile: what was deleted does not come back.
   *
   * @throws GatewayError `context_length_exceeded` where the history has grown too long, `session_busy` where another instance took a turn meanwhile; the session stays as it was
   */
  commit(state: SessionState): Promise<void>;
  /** Gives the hold up; once. */
  release(): void;
}
