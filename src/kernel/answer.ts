import { type Observable } from 'rxjs';
import { type FinishReason, type StreamEvent } from './stream-event.js';
import { type Usage } from './usage.js';

/** The API dialects that clients and vendors speak. */
export type WireFormat = 'openai-chat' | 'openai-embeddings' | 'openai-completions';

/** What the gateway has to know of an answer whatever its shape: for the log, the health of the provider and the meter. */
export interface Facts {
  readonly model?: string;
  readonly reason?: FinishReason;
  readonly usage?: Usage;
  /** The answer ends with an error of the vendor's own words. */
  readonly failed?: true;
}

/** An answer as typed events, to be encoded for the client. */
export interface EventsAnswer {
  readonly kind: 'events';
  readonly events: Observable<StreamEvent>;
}

/** A vendor's stream in the client's own dialect, passed on as bytes. `headers` are the vendor's that the client may see, lower case. */
export interface WireAnswer {
  readonly kind: 'wire';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Cold: subscribing starts the body, unsubscribing aborts the vendor's request. */
  readonly bytes: Observable<Buffer>;
}

/** The same, whole: an answer that is not streamed, or a vendor's refusal. */
export interface BodyAnswer extends Pick<WireAnswer, 'status' | 'headers'> {
  readonly kind: 'body';
  readonly body: Buffer;
}

export type Answer = EventsAnswer | WireAnswer | BodyAnswer;
