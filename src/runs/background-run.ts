import { type Observable, Subject, type Subscription } from 'rxjs';
import { PatientWrites } from './patient-writes.js';
import { type ResponseStore, type WrittenEvent } from './response-store.js';
import { isOver } from './stored-response.js';
import { stateTexts, type StoredTexts, storedTexts } from './stored-texts.js';
import { type BudgetShare } from '../storage/owner-budget.js';
import { type Conversation } from '../kernel/message.js';
import { type ResponseObject } from '../wire/openai-responses/response-body.js';
import { type ResponseEvent } from '../wire/openai-responses/response-writer.js';

/** Events are written in batches: so often. Milliseconds. */
const FLUSH_MS = 100;
/** Characters of the events of one answer. */
const MAX_TOLD = 64 * 1024 ** 2;
const TOO_LONG = 'The answer has grown too long to be stored.';

/** What is to be run with nobody waiting. */
export interface RunPlan {
  /** The answer before anything was said: `queued`. */
  readonly body: ResponseObject;
  /** The input items as the client sent them. */
  readonly input: readonly unknown[];
  /** All events of the answer, which ends with one that holds it; cold, and completes without an error. */
  readonly events: Observable<ResponseEvent>;
  /** The conversation with the answer; asked for at its end. */
  readonly conversation: () => Conversation;
  /** The answer where the run was ended before its own end, and the events that tell of it. */
  readonly ended: (status: 'cancelled' | 'failed', message: string) => { readonly body: ResponseObject; readonly events: readonly ResponseEvent[] };
}

/** One answer under way with nobody waiting: its events are stored as they come, and told to those who follow. It is over when its last write is through. */
export class BackgroundRun {
  /** A word each time that more is stored, and the end. */
  readonly told = new Subject<void>();
  /** Resolves at the run's end. Never rejects. */
  readonly over: Promise<void>;
  readonly #writes: PatientWrites;
  #pending: WrittenEvent[] = [];
  #length = 0;
  #full = false;
  #timer: NodeJS.Timeout | undefined;
  #subscription: Subscription | undefined;
  #finish: () => void = () => undefined;
  #done = false;

  /** @param share what the owner's answers under way may say together @param patienceMs for how long a write is tried that fails */
  constructor(
    private readonly plan: RunPlan,
    private readonly store: Pick<ResponseStore, 'append' | 'update'>,
    private readonly failed: (error: unknown) => void,
    private readonly share: BudgetShare,
    patienceMs?: number,
  ) {
    this.over = new Promise((resolve) => (this.#finish = resolve));
    this.#writes = new PatientWrites(
      failed,
      () => {
        this.#giveUp();
      },
      patienceMs,
    );
  }

  /** How long all is that it has said. */
  get length(): number {
    return this.#length;
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
    this.#close(stateTexts(body));
  }

  /** Fails what is under way, with no time to lose: no write is tried for long any more. */
  stop(message: string): void {
    this.end('failed', message);
    this.#writes.hurry();
  }

  #take(event: ResponseEvent): void {
    if (this.#done) return;
    if (this.#full || this.#length > MAX_TOLD) {
      this.end('failed', TOO_LONG);
      return;
    }
    const { response } = event;
    if (!response) {
      this.#note(event);
      this.#timer ??= setTimeout(() => {
        this.#flush();
      }, FLUSH_MS).unref();
    } else if (isOver(response.status)) this.#complete(event, response);
    else {
      this.#note(event);
      void this.#writes.add(() => this.store.update(this.id, stateTexts(response)));
      this.#flush();
    }
  }

  /** Its own end. One that cannot be kept is not told. */
  #complete(event: ResponseEvent, body: ResponseObject): void {
    let texts: StoredTexts;
    try {
      texts = storedTexts({ body, input: this.plan.input, conversation: this.plan.conversation() });
    } catch (error) {
      this.failed(error);
      this.end('failed', TOO_LONG);
      return;
    }
    this.#note(event);
    this.#close(texts);
  }

  #note(event: ResponseEvent): void {
    const json = JSON.stringify(event);
    this.#length += json.length;
    this.#pending.push({ sequence: event.sequence_number, type: event.type, json });
    if (this.share.take(json.length)) return;
    // It ends for it, and the others have room again.
    this.#full = true;
    this.share.release();
  }

  #close(texts: Partial<StoredTexts>): void {
    this.#leave();
    this.#flush();
    void this.#writes
      .add(() => this.store.update(this.id, { ...texts, told: this.#length }))
      .then(() => {
        this.told.complete();
        this.#finish();
      });
  }

  /** Nothing of it can be stored: whoever looks after what is left behind ends it. */
  #giveUp(): void {
    this.#leave();
    clearTimeout(this.#timer);
    this.#pending = [];
    this.told.complete();
    this.#finish();
  }

  /** Hears no more of the answer. */
  #leave(): void {
    this.#done = true;
    this.#subscription?.unsubscribe();
  }

  /** What came meanwhile goes with what could not be written before. */
  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    void this.#writes.add(async () => {
      const events = this.#pending.slice();
      if (events.length === 0) return;
      await this.store.append(this.id, events);
      this.#pending.splice(0, events.length);
      this.told.next();
    });
  }
}
