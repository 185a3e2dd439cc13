import { asyncScheduler, defer, map, type MonoTypeOperatorFunction, Observable, subscribeOn, throwError } from 'rxjs';
import { randomUUID } from 'node:crypto';
import { type Expectation } from './expectation.js';
import { HeldAnswer } from './held-answer.js';
import { sumUsage } from './sum-usage.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type Message } from '../kernel/message.js';
import { type FinishReason, type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { type Affinity } from '../providers/provider.js';
import { relay } from '../streaming/relay.js';

/** One turn of the provider. */
type Turn = (request: CompletionRequest, affinity: Affinity) => Observable<StreamEvent>;

/** An answer that is not as it should be. */
interface Flaw {
  readonly text: string;
  readonly called: boolean;
  readonly usage: Usage;
  readonly complaint: string;
  readonly error: GatewayError;
}

/**
 * Runs a turn whose answer has to meet an expectation. Where it does not, the model is told so and tries once more; the client hears of the second answer only, with the
 * usage of both. Where that one fails too, or the words of the first are out, it is the expectation's error.
 */
export function asExpected(expectation: Expectation, affinity: Affinity, turn: Turn): Observable<StreamEvent> {
  return defer(() => {
    let flawed = false;
    let repairKey: string | undefined;
    // A process that holds an answer which the client never saw serves nothing but the second try.
    const first: Affinity = {
      get resumeKey() {
        return affinity.resumeKey;
      },
      keepKey: () => (flawed ? repairKey : affinity.keepKey()),
    };
    const secondTry = (flaw: Flaw): Observable<StreamEvent> => {
      flawed = true;
      repairKey = isTurn(flaw) ? randomUUID() : undefined;
      return turn(withComplaint(expectation.request, flaw), { resumeKey: repairKey, keepKey: () => undefined }).pipe(
        judged(expectation, ({ error }) => throwError(() => error)),
        map((event) => (event.type === 'stream-end' ? { ...event, usage: sumUsage(flaw.usage, event.usage) } : event)),
        // Behind the end of the first, when its process is kept and its slot is free.
        subscribeOn(asyncScheduler),
      );
    };
    return turn(expectation.request, first).pipe(judged(expectation, secondTry));
  });
}

function judged(expectation: Expectation, instead: (flaw: Flaw) => Observable<StreamEvent>): MonoTypeOperatorFunction<StreamEvent> {
  return (source) =>
    new Observable((subscriber) => {
      const held = new HeldAnswer();
      let [telling, settled, called] = [!expectation.held, false, false];
      const tell = (events: readonly StreamEvent[]): void => {
        for (const event of events) subscriber.next(event);
      };
      const take = (event: StreamEvent): void => {
        called ||= event.type === 'tool-call-start';
        settled ||= expectation.settles(event);
        held.add(event);
        telling ||= settled;
        if (telling) tell(held.release());
      };
      return relay(source, subscriber, {
        next: (event) => {
          if (event.type !== 'stream-end') {
            take(event);
            return;
          }
          const { text } = held;
          const verdict = settled || isCut(event.reason) ? { text } : expectation.judge(text);
          if ('text' in verdict) {
            if (!telling) tell(held.release(verdict.text));
            tell([event]);
            subscriber.complete();
          } else if (telling) subscriber.error(verdict.error);
          else subscriber.add(instead({ ...verdict, text, called, usage: event.usage }).subscribe(subscriber));
        },
        // What ends the answer is its `stream-end`.
        complete: () => undefined,
      });
    });
}

/** The answer is not whole: it says so itself. */
function isCut(reason: FinishReason): boolean {
  return reason === 'length' || reason === 'content-filter';
}

/** Whether an answer can stand in a conversation as it is: blank ones are no turn, and calls would want results. */
function isTurn({ text, called }: Flaw): boolean {
  return text.trim() !== '' && !called;
}

function withComplaint(request: CompletionRequest, flaw: Flaw): CompletionRequest {
  const answer: Message[] = isTurn(flaw) ? [{ role: 'assistant', text: flaw.text, toolCalls: [] }] : [];
  return { ...request, messages: [...request.messages, ...answer, { role: 'user', content: [{ type: 'text', text: flaw.complaint }] }] };
}
