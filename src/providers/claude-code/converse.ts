import { Observable, Subscription } from 'rxjs';
import { type Decoded, TurnDecoder } from './decode-events.js';
import { type RateLimitInfo } from './decode-line.js';
import { type TurnScript } from './encode-turn.js';
import { type PendingCall } from './function-server.js';
import { HeldCalls } from './held-calls.js';
import { Flow } from '../../kernel/flow.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Child } from '../../process-pool/child.js';
import { ignoredParameters } from '../cli-parameters.js';
import { type Turn } from '../provider.js';

/** After the answer the CLI has its own end of the turn to say: normally a matter of milliseconds, on a busy machine of seconds. */
const SETTLE_MS = 10_000;

/** A process that is ready for its conversation to go on: with the next message, or with the results of the calls that it waits for. */
export interface Ready {
  readonly calls: readonly PendingCall[];
}

export interface TurnObserver {
  /**
   * The answer was delivered. `settled` resolves when the process is ready for its conversation to go on, or with undefined when it will not be; it is left out
   * where the process does not know the conversation as the client does.
   */
  answered(settled: Promise<Ready | undefined> | undefined): void;
  rateLimit(info: RateLimitInfo): void;
  /** Lines that were not of the protocol. */
  noise(lines: number): void;
}

/**
 * One turn with one process: writes the script, emits the answer's events. It completes at the answer's end and errors where the turn fails;
 * the process is ended then, and when the subscriber leaves. A process whose answer was delivered is the observer's.
 */
export function converse(child: Child, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const { tools, structured, batches } = script;
    const decoder = new TurnDecoder({ model: turn.model, warnings: ignoredParameters(turn.request), tools, structured, historyLines: batches.length - 1 });
    turn.meter?.counted(() => decoder.spent);
    const reading = new Subscription();
    const settling = new Settling(reading);
    const flow = new Flow();
    let batch = 0;
    let noise = 0;
    let over = false;

    const writeBatch = (): void => {
      const lines = batches[batch++];
      if (lines) child.write(...lines.map((line) => (typeof line === 'string' ? line : line(decoder.runningModel))));
    };
    const fail = (error: unknown): void => {
      if (settling.begun) settling.fail();
      else if (!over) {
        over = true;
        reading.unsubscribe();
        void child.end('failed');
        subscriber.error(error);
      }
    };
    const finish = (event: StreamEvent): void => {
      over = true; // first: whoever leaves at the last event does not cancel the turn
      flow.resume(); // a slow client does not hold back the CLI's end of the turn
      subscriber.next(event);
      observer.noise(noise);
      const settled = decoder.resumable || decoder.calls.length > 0 ? settling.begin(decoder.calls) : undefined;
      if (!settled) reading.unsubscribe();
      observer.answered(settled);
      subscriber.complete();
    };
    const handle = (item: Decoded): void => {
      switch (item.type) {
        case 'history-taken':
          writeBatch();
          break;
        case 'idle':
          settling.idle();
          break;
        case 'reply':
          child.write(item.line);
          break;
        case 'call':
          settling.called(item.call);
          break;
        case 'rate-limit':
          observer.rateLimit(item.info);
          break;
        case 'noise':
          noise++;
          break;
        case 'stream-end':
          finish(item);
          break;
        default:
          subscriber.next(item);
      }
    };

    turn.flow.onChange((paused) => {
      if (paused && !over) flow.pause();
      else flow.resume();
    });
    reading.add(
      child.lines(flow).subscribe({
        next: (line) => {
          try {
            decoder.decode(line).forEach(handle);
          } catch (error) {
            fail(error);
          }
        },
        error: fail,
      }),
    );
    writeBatch();
    return () => {
      if (over) return;
      over = true;
      reading.unsubscribe();
      void child.end('cancelled');
    };
  });
}

/** The time between the answer's end and the moment from which the process waits: for the next message, or for the results of its calls. */
class Settling {
  readonly #held = new HeldCalls();
  #waitsForResults = false;
  #resolve: ((ready: Ready | undefined) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly reading: Subscription) {}

  get begun(): boolean {
    return this.#resolve !== undefined;
  }

  /** @param callIds the calls of the answer */
  begin(callIds: readonly string[]): Promise<Ready | undefined> {
    this.#timer = setTimeout(() => {
      this.fail();
    }, SETTLE_MS).unref();
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#waitsForResults = callIds.length > 0;
      this.#held.expect(callIds);
      this.#look();
    });
  }

  called(call: PendingCall): void {
    this.#held.add(call);
    this.#look();
  }

  /** The CLI has ended its turn, which it does not while it waits for results. */
  idle(): void {
    this.#end(this.#waitsForResults ? undefined : { calls: [] });
  }

  fail(): void {
    this.#end(undefined);
  }

  #look(): void {
    if (this.#waitsForResults && this.#held.complete) this.#end({ calls: this.#held.calls });
  }

  #end(ready: Ready | undefined): void {
    clearTimeout(this.#timer);
    this.reading.unsubscribe();
    this.#resolve?.(ready);
  }
}
