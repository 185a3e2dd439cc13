import { type MonoTypeOperatorFunction, Observable } from 'rxjs';
import { AnswerSoFar } from './answer-so-far.js';
import { relay } from '../kernel/relay.js';
import { WordLimit } from './word-limit.js';
import { type StreamEvent } from '../kernel/stream-event.js';

/**
 * A guard over providers that pay no heed to `max_tokens`: cuts the text before its first word over `maxOutputTokens` and leaves the source;
 * `stream-end` says `length`, with an estimated usage. A word is at least one token, so that a vendor that counts tokens always cuts first.
 *
 * @param estimateInput a guess at the prompt's tokens, for that usage
 */
export function outputLimit(maxOutputTokens: number, estimateInput: () => number): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const soFar = new AnswerSoFar(estimateInput);
      const words = new WordLimit(maxOutputTokens);
      return relay(source, subscriber, {
        next: (event) => {
          const cut = event.type === 'text-delta' ? words.exceededAt(event.text) : -1;
          if (event.type !== 'text-delta' || cut < 0) {
            soFar.see(event);
            subscriber.next(event);
            return;
          }
          const last = { ...event, text: event.text.slice(0, cut) };
          soFar.see(last);
          if (last.text !== '') subscriber.next(last);
          for (const end of soFar.end('length')) subscriber.next(end);
          subscriber.complete();
        },
      });
    });
}
