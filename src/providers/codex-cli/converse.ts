import { defer, type Observable, type Subscriber } from 'rxjs';
import { type AppServer } from './app-server.js';
import { TurnDecoder } from './decode-turn.js';
import { type TurnScript } from './encode-turn.js';
import { type TokenCounts } from './protocol.js';
import { type Listener, RunningTurn } from './running-turn.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { estimateInputTokens } from '../../kernel/estimate-input-tokens.js';
import { ignoredParameters } from '../cli-parameters.js';
import { hear, resumeWith } from '../held-turn.js';
import { type Turn } from '../provider.js';

/** How long the CLI, which waits for results, may be quiet before its answer counts as whole: where it does not say so. */
const QUIET_MS = 300;

/** A chat in a process, and what it has cost so far. */
export interface Thread {
  readonly id: string;
  readonly counts: TokenCounts;
}

export interface TurnObserver {
  /** The answer was delivered: the thread knows the conversation as the client does. `held`: it waits for the results of the answer's calls. */
  answered(thread: Thread, held?: RunningTurn): void;
  /** The turn is over for the CLI too, or it does not end it: false. */
  ended(settled: boolean): void;
  retryAfter(): number | undefined;
}

/** One turn in a thread: emits the answer's events; where its subscriber leaves, or the turn fails while the CLI goes on, the turn is ended at the vendor too. */
export function converse(server: AppServer, thread: Thread, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> {
  return defer(() => {
    const running = new RunningTurn(server, thread.id, (settled) => {
      observer.ended(settled);
    });
    const listener = (subscriber: Subscriber<StreamEvent>): Listener => listenerOf(running, { thread, script, turn, observer, subscriber, resumed: false });
    return hear(running, listener, (by) => {
      running.start(script, by);
    });
  });
}

/** A turn that goes on with the results of its calls; undefined where the request brings anything else: then the turn is ended. */
export function resume(running: RunningTurn, thread: Thread, script: TurnScript, turn: Turn, observer: Omit<TurnObserver, 'ended'>): Observable<StreamEvent> | undefined {
  return resumeWith(running, turn.request.messages, (subscriber) => listenerOf(running, { thread, script, turn, observer, subscriber, resumed: true }));
}

interface Hearing {
  readonly thread: Thread;
  readonly script: TurnScript;
  readonly turn: Turn;
  readonly observer: Omit<TurnObserver, 'ended'>;
  readonly subscriber: Subscriber<StreamEvent>;
  readonly resumed: boolean;
}

/** Makes the answer's events of what is heard of a turn. */
function listenerOf(running: RunningTurn, { thread, script, turn, observer, subscriber, resumed }: Hearing): Listener {
  const decoder = new TurnDecoder({
    id: thread.id,
    model: turn.model,
    warnings: ignoredParameters(turn.request),
    before: thread.counts,
    names: script.names,
    resumed,
    inputTokens: () => estimateInputTokens(turn.request),
    told: new Set(turn.request.messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map(({ callId }) => callId) : []))),
    retryAfter: () => observer.retryAfter(),
  });
  turn.meter?.counted(() => decoder.spent);
  const fail = (error: unknown): void => {
    running.leave();
    subscriber.error(error);
  };
  const say = (event: StreamEvent): void => {
    if (event.type !== 'stream-end') {
      subscriber.next(event);
      return;
    }
    // First: whoever leaves at the last event does not cancel the turn.
    const held = event.reason === 'tool-calls' ? running : undefined;
    if (held) held.hold(decoder.calls);
    else if (decoder.triesAgain) running.leave();
    else running.finish();
    subscriber.next(event);
    if (!decoder.triesAgain) observer.answered({ id: thread.id, counts: decoder.counts }, held);
    subscriber.complete();
  };
  const sayAll = (decode: () => readonly StreamEvent[]): void => {
    try {
      for (const event of decode()) {
        if (subscriber.closed) return;
        say(event);
      }
    } catch (error) {
      fail(error);
    }
  };
  let quiet: NodeJS.Timeout | undefined;
  subscriber.add(() => {
    clearTimeout(quiet);
  });
  const waitForQuiet = (): void => {
    clearTimeout(quiet);
    if (subscriber.closed || !decoder.endsWithQuiet) return;
    quiet = setTimeout(() => {
      sayAll(() => decoder.quiet());
    }, QUIET_MS);
  };
  return {
    hear: (method, params) => {
      sayAll(() => decoder.decode(method, params));
      waitForQuiet();
    },
    called: (call) => {
      decoder.called(call);
      waitForQuiet();
    },
    fail,
  };
}
