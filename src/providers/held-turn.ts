import { Observable, type Subscriber } from 'rxjs';
import { type Message, newTurnOf } from '../kernel/message.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/** A turn of a CLI that can outlive the request which began it: it waits for the results of the calls that it made. */
export interface HeldTurn<L> {
  /** Whether it waits for just these. */
  answers(results: readonly Message[]): boolean;
  resume(results: readonly Message[], listener: L): void;
  /** Ends the turn at the vendor too, where the listener still hears it; without a listener, whoever does. */
  leave(listener?: L): void;
}

/** The events that a listener makes of a turn; where their subscriber leaves, so does the listener. */
export function hear<L>(turn: HeldTurn<L>, listenerOf: (subscriber: Subscriber<StreamEvent>) => L, begin: (listener: L) => void): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const listener = listenerOf(subscriber);
    begin(listener);
    return () => {
      turn.leave(listener);
    };
  });
}

/**
 * Goes on with the results that a conversation brings; undefined where it brings anything else: then the turn is ended, and the conversation is to be told afresh.
 * The events are those since the calls; it is to be subscribed once, at once.
 */
export function resumeWith<L>(turn: HeldTurn<L>, messages: readonly Message[], listenerOf: (subscriber: Subscriber<StreamEvent>) => L): Observable<StreamEvent> | undefined {
  const results = newTurnOf(messages);
  if (!turn.answers(results)) {
    turn.leave();
    return undefined;
  }
  return hear(turn, listenerOf, (listener) => {
    turn.resume(results, listener);
  });
}
