import { type Observable, Subject, type Subscription } from 'rxjs';
import { type ResponseStore } from './response-store.js';
import { isOver, type ResponseBody, type ResponseEvent } from './stored-response.js';
import { type Message } from '../kernel/message.js';

/** Events are written in batches: so often. Milliseconds. */
const FLUSH_MS = 100;

/** What is to be run with nobody waiting. */
export interface RunPlan {
  /** The answer before anything was said: `queued`. */
  readonly body: ResponseBody;
  /** All events of the answer, which ends with one that holds it; cold, and completes without an error. */
  readonly events: Observable<ResponseEvent>;
  /** The conversation with the answer; asked for at its end. */
  readonly messages: () => readonly Message[];
  /** The answer where the run was ended before its own end. */
  readonly ended: (status: 'cancelled' | 'failed', message: string) => ResponseBody;
}

/** One answer under way with nobody waiting: its events are stored as they come, and told to those who follow. */
export class BackgroundRun {
  /** Those that are stored by now, and the end. */
  readonly told = new Subject<readonly ResponseEvent[]>();
  /** Resolves at the run's end. Never rejects. */
  readonly over: Promise<void>;
  #pending: ResponseEvent[] = [];
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #subscription: Subscription | undefined;
  #finish: () => void = () => undefined;
  #done = false;

  constructor(
    private readonly plan: RunPlan,
    private readonly store: Pick<ResponseStore, 'append' | 'update'>,
    private readonly failed: (error: unknown) => void,
  ) {
    this.over = new Promise((resolve) => (this.#finish = resolve));
  }

  get id(): string {
    return this.plan.body.id;
  }

  start(): void {
    this.#subscription = this.plan.events.subscribe({
      next: (event) => {
        this.#take(event);
      },
      error: (error: unknown) => {
        this.failed(error);
        this.end('failed', 'The gateway failed to handle the request.');
      },
      complete: () => {
        if (!this.#done) this.end('failed', 'The answer ended before it was complete.');
      },
    });
    if (this.#done) this.#subscription.unsubscribe();
  }

  /** Ends it before its own end: the turn is cancelled at the vendor too. */
  end(status: 'cancelled' | 'failed', message: string): void {
    if (this.#done) return;
    this.#close(this.plan.ended(status, message), []);
  }

  #take(event: ResponseEvent): void {
    if (this.#done) return;
    this.#pending.push(event);
    if (event.response && isOver(event.response.status)) this.#close(event.response, this.plan.messages());
    else if (event.response) this.#write(() => this.store.update(this.id, event.response ?? this.plan.body, []));
    else
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, FLUSH_MS).unref();
  }

  #close(body: ResponseBody, messages: readonly Message[]): void {
    this.#done = true;
    this.#subscription?.unsubscribe();
    this.#flush();
    this.#write(() => this.store.update(this.id, body, messages));
    void this.#writing.then(() => {
      this.told.complete();
      this.#finish();
    });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const events = this.#pending;
    this.#pending = [];
    if (events.length === 0) return;
    this.#write(async () => {
      await this.store.append(this.id, events);
      this.told.next(events);
    });
  }

  /** One after the other, so that what is told is there. */
  #write(write: () => Promise<unknown>): void {
    this.#writing = this.#writing.then(write).then(
      () => undefined,
      (error: unknown) => {
        this.failed(error);
      },
    );
  }
}
