import { Observable, Subscription } from 'rxjs';
import { type Decoded, TurnDecoder } from './decode-events.js';
import { type RateLimitInfo } from './decode-line.js';
import { type TurnScript } from './encode-turn.js';
import { Flow } from '../../kernel/flow.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { type Child } from '../../process-pool/child.js';
import { ignoredParameters } from '../cli-parameters.js';
import { type Turn } from '../provider.js';

/** After the answer the CLI has its own end of the turn to say: normally a matter of milliseconds. */
const SETTLE_MS = 2000;

export interface TurnObserver {
  /**
   * The answer was delivered. `settled` resolves when the process is ready for its next turn, or with false when it will not be; undefined where
   * the process does not know the conversation as the client does.
   */
  answered(settled: Promise<boolean> | undefined): void;
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
    const decoder = new TurnDecoder({ model: turn.model, warnings: ignoredParameters(turn.request), historyLines: script.batches.length - 1 });
    const reading = new Subscription();
    const settling = new Settling(reading);
    const flow = new Flow();
    let batch = 0;
    let noise = 0;
    let over = false;

    const writeBatch = (): void => {
      for (const line of script.batches[batch++] ?? []) child.write(line);
    };
    const fail = (error: unknown): void => {
      if (settling.begun) settling.end(false);
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
      const settled = decoder.resumable ? settling.begin() : undefined;
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
          settling.end(true);
          break;
        case 'reply':
          child.write(item.line);
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

/** The time between the answer's end and the CLI's end of the turn. */
class Settling {
  #resolve: ((ready: boolean) => void) | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly reading: Subscription) {}

  get begun(): boolean {
    return this.#resolve !== undefined;
  }

  begin(): Promise<boolean> {
    this.#timer = setTimeout(() => {
      this.end(false);
    }, SETTLE_MS).unref();
    return new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  end(ready: boolean): void {
    clearTimeout(this.#timer);
    this.reading.unsubscribe();
    this.#resolve?.(ready);
  }
}
