import { Observable } from 'rxjs';
import { type AppServer } from './app-server.js';
import { TurnDecoder } from './decode-turn.js';
import { type TurnScript } from './encode-turn.js';
import { type TokenCounts, type TurnParams } from './protocol.js';
import { type StreamEvent } from '../../kernel/stream-event.js';
import { JsonRpcError } from '../../process-pool/json-rpc-error.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { ignoredParameters } from '../cli-parameters.js';
import { type Turn } from '../provider.js';

/** How long the CLI may take to end a turn that it was told to end. */
const INTERRUPT_MS = 2000;

/** A chat in a process, and what it has cost so far. */
export interface Thread {
  readonly id: string;
  readonly counts: TokenCounts;
}

export interface TurnObserver {
  /** The answer was delivered: the thread knows the conversation as the client does. */
  answered(thread: Thread): void;
  /** The turn is over for the CLI too, or it does not end it: false. */
  ended(settled: boolean): void;
  retryAfter(): number | undefined;
}

/** One turn in a thread: emits the answer's events; where its subscriber leaves, or the turn fails while the CLI goes on, the turn is ended at the vendor too. */
export function converse(server: AppServer, thread: Thread, script: TurnScript, turn: Turn, observer: TurnObserver): Observable<StreamEvent> {
  return new Observable((subscriber) => {
    const decoder = new TurnDecoder({
      id: thread.id,
      model: turn.model,
      warnings: ignoredParameters(turn.request),
      before: thread.counts,
      retryAfter: () => observer.retryAfter(),
    });
    const running = new RunningTurn(server, thread.id, (settled) => {
      observer.ended(settled);
    });
    const fail = (error: unknown): void => {
      running.leave();
      subscriber.error(error);
    };
    const hear = (method: string, params: TurnParams): void => {
      running.see(method);
      if (running.left) return;
      try {
        for (const event of decoder.decode(method, params)) {
          if (event.type === 'stream-end') running.left = true; // first: whoever leaves at the last event does not cancel the turn
          subscriber.next(event);
          if (event.type === 'stream-end') observer.answered({ id: thread.id, counts: decoder.counts });
        }
      } catch (error) {
        fail(error);
        return;
      }
      if (running.left) subscriber.complete();
    };
    running.start(script, hear, fail);
    return () => {
      running.leave();
    };
  });
}

/** The CLI's side of a turn: what is asked for, and how it comes to its end. */
class RunningTurn {
  /** Nobody listens any more. */
  left = false;
  #turnId: Promise<string | undefined> | undefined;
  #stopListening: (() => void) | undefined;
  #over = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly server: AppServer,
    private readonly threadId: string,
    private readonly ended: (settled: boolean) => void,
  ) {}

  start(script: TurnScript, hear: (method: string, params: TurnParams) => void, fail: (error: unknown) => void): void {
    this.#stopListening = this.server.listen(this.threadId, {
      notified: hear,
      closed: (error) => {
        this.#end(true);
        fail(error);
      },
    });
    this.#turnId = this.#begin(script).catch((error: unknown) => {
      this.#end(true);
      if (!this.left) fail(refusal(error));
      return undefined;
    });
  }

  /** Takes note of the turn's own end. */
  see(method: string): void {
    if (method === 'turn/completed') this.#end(true);
  }

  leave(): void {
    if (this.left) return;
    this.left = true;
    if (!this.#over) void this.#interrupt();
  }

  async #begin(script: TurnScript): Promise<string | undefined> {
    await this.server.inject(this.threadId, script.items);
    if (this.left) {
      this.#end(true);
      return undefined;
    }
    return this.server.startTurn(this.threadId, script);
  }

  /** The CLI has its time to end the turn, whatever it is at. */
  async #interrupt(): Promise<void> {
    this.#timer = setTimeout(() => {
      this.#end(false);
    }, INTERRUPT_MS);
    try {
      const turnId = await this.#turnId;
      if (turnId !== undefined && !this.#over) await this.server.interrupt(this.threadId, turnId, AbortSignal.timeout(INTERRUPT_MS));
    } catch (error) {
      // A turn that has just ended by itself cannot be interrupted.
      this.#end(error instanceof JsonRpcError || error instanceof GatewayError);
    }
  }

  #end(settled: boolean): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#stopListening?.();
    this.ended(settled);
  }
}

/** What the CLI does not take, it refuses before the turn begins; or what it says is no answer. */
function refusal(error: unknown): GatewayError {
  return error instanceof GatewayError ? error : new GatewayError('cli_failed', 'Codex CLI refused the turn.', { cause: error });
}
