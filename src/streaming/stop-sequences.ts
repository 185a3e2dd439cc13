import { identity, type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { AnswerSoFar } from './answer-so-far.js';
import { relay } from '../kernel/relay.js';
import { type Matched, StopMatcher } from './stop-matcher.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/**
 * Cuts an answer before the first of the stop sequences in its text, however the deltas are split, and leaves the source: `stream-end`
 * says `stop` and which, with an estimated usage. Each text block is searched for itself; reasoning and tool calls are not.
 *
 * @param estimateInput a guess at the prompt's tokens, for that usage
 */
export function stopSequences(stops: readonly string[], estimateInput: () => number): MonoTypeOperatorFunction<StreamEvent> {
  if (stops.length === 0) return identity;
  return (source) =>
    new Observable((subscriber) => {
      const soFar = new AnswerSoFar(estimateInput);
      const matchers = new Map<number, StopMatcher>();
      const say = (block: number, text: string): void => {
        if (text !== '') subscriber.next({ type: 'text-delta', block, text });
      };
      const search = (block: number, piece: string): void => {
        const { text, stop }: Matched = matchers.get(block)?.push(piece) ?? { text: piece };
        say(block, text);
        if (stop === undefined) return;
        // Other blocks may hold back a beginning that will never be completed.
        matchers.delete(block);
        for (const [other, matcher] of matchers) say(other, matcher.flush());
        for (const event of soFar.end('stop', stop)) subscriber.next(event);
        subscriber.complete();
      };
      return relay(source, subscriber, {
        next: (event) => {
          soFar.see(event);
          if (event.type === 'text-delta') {
            search(event.block, event.text);
            return;
          }
          if (event.type === 'text-start') matchers.set(event.block, new StopMatcher(stops));
          if (event.type === 'text-end') {
            say(event.block, matchers.get(event.block)?.flush() ?? '');
            matchers.delete(event.block);
          }
          subscriber.next(event);
        },
      });
    });
}
