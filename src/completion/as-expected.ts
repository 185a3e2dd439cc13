import { asyncScheduler, defer, map, Observable, subscribeOn, throwError } from 'rxjs';
import { randomUUID } from 'node:crypto';
import { type Expectation, type Verdict } from './expectation.js';
import { HeldAnswer } from './held-answer.js';
import { sumUsage } from './sum-usage.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type GatewayError } from '../kernel/gateway-error.js';
import { type Message } from '../kernel/message.js';
import { type FinishReason, type StreamEvent } from '../kernel/stream-event.js';
import { type Usage } from '../kernel/usage.js';
import { type Affinity } from '../providers/provider.js';
import { fromAbortable } from '../streaming/from-abortable.js';
import { relay } from '../kernel/relay.js';

/** One turn of the provider. */
type Turn = (request: CompletionRequest, affinity: Affinity) => Observable<StreamEvent>;

/** What names the conversation's process. */
type ConversationAffinity = Affinity & {
  /** The process that holds it was kept under another name. */
  keptAs(name: string): void;
};

/** An answer that came to its own end. */
interface Ended {
  readonly text: string;
  readonly called: boolean;
  readonly usage: Usage;
}

/** An answer that is not as it should be. */
interface Flaw extends Ended {
  readonly complaint: string;
  readonly error: GatewayError;
}

interface Judging {
  /** An answer is about to be judged. */
  readonly begun?: (answer: Ended) => void;
  /** It was as it should be, and is told. */
  readonly passed?: () => void;
  /** What takes the place of one that is not. */
  readonly instead: (flaw: Flaw) => Observable<StreamEvent>;
}

/**
 * Runs a turn whose answer has to meet an expectation. Where it does not, the model is told so and tries once more; the client hears of the second answer only, with the
 * usage of both. Where that one fails too, or the words of the first are out, it is the expectation's error.
 */
export function asExpected(expectation: Expectation, conversation: ConversationAffinity, turn: Turn): Observable<StreamEvent> {
  return defer(() => {
    let judging = false;
    // A process is kept before its answer is judged: under a name that leads the second try to it, and the conversation too where the answer is right.
    let name: string | undefined;
    const first: Affinity = {
      get resumeKey() {
        return conversation.resumeKey;
      },
      keepKey: () => (judging ? name : conversation.keepKey()),
    };
    const secondTry = (flaw: Flaw): Observable<StreamEvent> =>
      judged(turn(withComplaint(expectation.request, flaw), { resumeKey: name, keepKey: () => undefined }), expectation, {
        instead: ({ error }) => throwError(() => error),
      }).pipe(
        map((event) => (event.type === 'stream-end' ? { ...event, usage: sumUsage(flaw.usage, event.usage) } : event)),
        // Behind the end of the first, when its process is kept and its slot is free.
        subscribeOn(asyncScheduler),
      );
    return judged(turn(expectation.request, first), expectation, {
      begun: (answer) => {
        judging = true;
        name = isTurn(answer) ? randomUUID() : undefined;
      },
      passed: () => {
        if (name !== undefined) conversation.keptAs(name);
      },
      instead: secondTry,
    });
  });
}

function judged(source: Observable<StreamEvent>, expectation: Expectation, { begun, passed, instead }: Judging): Observable<StreamEvent> {
  return new Observable((subscriber) => {
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
    const end = (event: StreamEvent, text: string): void => {
      if (!telling) tell(held.release(text));
      subscriber.next(event);
    };
    const decide = (verdict: Verdict, event: StreamEvent, answer: Ended): void => {
      if ('text' in verdict) {
        end(event, verdict.text);
        passed?.();
        subscriber.complete();
      } else if (telling) subscriber.error(verdict.error);
      else subscriber.add(instead({ ...verdict, ...answer }).subscribe(subscriber));
    };
    return relay(source, subscriber, {
      next: (event) => {
        if (event.type !== 'stream-end') {
          take(event);
          return;
        }
        const { text } = held;
        if (settled || isCut(event.reason)) {
          end(event, text);
          subscriber.complete();
          return;
        }
        const answer: Ended = { text, called, usage: event.usage };
        begun?.(answer);
        subscriber.add(
          fromAbortable((signal) => expectation.judge(text, signal)).subscribe({
            next: (verdict) => {
              decide(verdict, event, answer);
            },
            error: (error: unknown) => {
              subscriber.error(error);
            },
          }),
        );
      },
      // What ends the answer is its `stream-end`, and the verdict on it.
      complete: () => undefined,
    });
  });
}

/** The answer is not whole: it says so itself. */
function isCut(reason: FinishReason): boolean {
  return reason === 'length' || reason === 'content-filter';
}

/** Whether an answer can stand in a conversation as it is: blank ones are no turn, and calls would want results. */
function isTurn({ text, called }: Ended): boolean {
  return text.trim() !== '' && !called;
}

function withComplaint(request: CompletionRequest, flaw: Flaw): CompletionRequest {
  const answer: Message[] = isTurn(flaw) ? [{ role: 'assistant', text: flaw.text, toolCalls: [] }] : [];
  return { ...request, messages: [...request.messages, ...answer, { role: 'user', content: [{ type: 'text', text: flaw.complaint }] }] };
}
