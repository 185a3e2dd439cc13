import { type Observable, Subject, type Subscription } from 'rxjs';
import { type ResponseStore, type WrittenEvent } from './response-store.js';
import { type Conversation, isOver, nothingSaid, type ResponseBody, type ResponseEvent } from './stored-response.js';

/** Events are written in batches: so often. Milliseconds. */
const FLUSH_MS = 100;
/** Characters of the events of one answer. */
const MAX_TOLD = 64 * 1024 ** 2;

/** What is to be run with nobody waiting. */
export interface RunPlan {
  /** The answer before anything was said: `queued`. */
  readonly body: ResponseBody;
  /** All events of the answer, which ends with one that holds it; cold, and completes without an error. */
  readonly events: Observable<ResponseEvent>;
  /** The conversation with the answer; asked for at its end. */
  readonly conversation: () => Conversation;
  /** The answer where the run was ended before its own end, and the events that tell of it. */
  readonly ended: (status: 'cancelled' | 'failed', message: string) => { readonly body: ResponseBody; readonly events: readonly ResponseEvent[] };
}

/** One answer under way with nobody waiting: its events are stored as they come, and told to those who follow. */
export class BackgroundRun {
  /** A word each time that more is stored, and the end. */
  readonly told = new Subject<void>();
  /** Resolves at the run's end. Never rejects. */
  readonly over: Promise<void>;
  #pending: WrittenEvent[] = [];
  #length = 0;
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
        this.end('failed', 'The answer ended before it was complete.');
      },
    });
    if (this.#done) this.#subscription.unsubscribe();
  }

  /** Ends it before its own end: the turn is cancelled at the vendor too. Nothing where it is over. */
  end(status: 'cancelled' | 'failed', message: string): void {
    if (this.#done) return;
    const { body, events } = this.plan.ended(status, message);
    for (const event of events) this.#note(event);
    this.#close(body, nothingSaid);
  }

  #take(event: ResponseEvent): void {
    if (this.#done) return;
    if (this.#length > MAX_TOLD) {
      this.end('failed', 'The answer has grown too long to be stored.');
      return;
    }
    this.#note(event);
    const { response } = event;
    if (!response) {
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, FLUSH_MS).unref();
    } else if (isOver(response.status)) this.#close(response, this.plan.conversation());
    else {
      this.#write(() => this.store.update(this.id, response, nothingSaid));
      this.#flush();
    }
  }

  #note(event: ResponseEvent): void {
    const json = JSON.stringify(event);
    this.#length += json.length;
    this.#pending.push({ sequence: event.sequence_number, json });
  }

  #close(body: ResponseBody, conversation: Conversation): void {
    this.#done = true;
    this.#subscription?.unsubscribe();
    this.#flush();
    this.#write(() => this.store.update(this.id, body, conversation));
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
      this.told.next();
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
