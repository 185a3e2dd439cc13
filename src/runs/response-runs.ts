import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Observable } from 'rxjs';
import { BackgroundRun, type RunPlan } from './background-run.js';
import { ResponseStore } from './response-store.js';
import { RunSettings } from './run-settings.js';
import { isOver, type ResponseBody, type ResponseEvent, type StoredResponse } from './stored-response.js';
import { instanceId } from '../config/instance-id.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { Storage } from '../storage/storage.js';

/** Over it the oldest goes. */
const RESPONSES_PER_OWNER = 10_000;
/** Characters of what is kept of one answer. */
const MAX_STORED = 16 * 1024 ** 2;
const RUNS = 100;
const CLEAN_UP_MS = 60_000;
/** How often an instance says that it is at work, and after what silence it counts as gone. */
const HEARTBEAT_MS = 10_000;
const SILENT_MS = 60_000;
/** How often an answer of another instance is looked at. */
const POLL_MS = 250;
const DAY_MS = 86_400_000;

/** Answers that outlive their request: those that can be asked for again, and those that are made with nobody waiting. Each belongs to a client. */
@Injectable()
export class ResponseRuns implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: ResponseStore;
  readonly #running = new Map<string, BackgroundRun>();
  readonly #timers: NodeJS.Timeout[] = [];

  constructor(
    storage: Storage,
    private readonly settings: RunSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new ResponseStore(storage, instanceId, () => Date.now());
  }

  onApplicationBootstrap(): void {
    void this.cleanUp();
    this.#timers.push(setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref(), setInterval(() => void this.#beat(), HEARTBEAT_MS).unref());
  }

  /** Resolves when nothing is under way any more, or after `ms` milliseconds. */
  async finish(ms: number): Promise<void> {
    const over = Promise.all([...this.#running.values()].map((run) => run.over));
    await Promise.race([over, new Promise((resolve) => setTimeout(resolve, ms).unref())]);
  }

  /** What still runs has had its time; the database is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const runs = [...this.#running.values()];
    for (const run of runs) run.end('failed', 'The gateway was shut down.');
    await Promise.all(runs.map(({ over }) => over));
  }

  /** Keeps an answer. @throws GatewayError `context_length_exceeded` where it is too long to be kept */
  async save(owner: string, response: StoredResponse): Promise<void> {
    if (JSON.stringify(response).length > MAX_STORED) {
      throw new GatewayError('context_length_exceeded', 'The conversation has grown too long to be stored: send "store": false.', { param: 'store' });
    }
    await this.#store.insert(owner, response);
    await this.#store.trim(owner, RESPONSES_PER_OWNER);
  }

  /** @throws GatewayError `not_found` for one that is unknown, deleted or another client's */
  async find(id: string, owner: string): Promise<StoredResponse> {
    const found = await this.#store.find(id, owner);
    if (!found) throw notFound(id);
    return found;
  }

  /** One that is under way is ended. @throws GatewayError `not_found` */
  async remove(id: string, owner: string): Promise<void> {
    const { body } = await this.find(id, owner);
    this.#running.get(id)?.end('cancelled', 'The response was deleted.');
    await this.#running.get(id)?.over;
    if (!(await this.#store.remove(body.id, owner))) throw notFound(id);
  }

  /**
   * Sets an answer off that nobody waits for.
   *
   * @throws GatewayError `queue_full` where too many are under way
   */
  async start(owner: string, plan: RunPlan, input: readonly unknown[]): Promise<void> {
    if (this.#running.size >= RUNS) throw new GatewayError('queue_full', 'Too many responses are being made in the background.', { retryAfter: 5 });
    const run = new BackgroundRun(plan, this.#store, (error) => {
      this.log.error({ err: error }, 'a response in the background failed');
    });
    this.#running.set(run.id, run);
    try {
      await this.save(owner, { body: plan.body, input, messages: [] });
    } catch (error) {
      this.#running.delete(run.id);
      throw error;
    }
    void run.over.then(() => this.#running.delete(run.id));
    run.start();
  }

  /** Ends an answer that is under way; one that is over stays as it is. Resolves with it. @throws GatewayError `not_found`, `invalid_parameter` for one with somebody waiting */
  async cancel(id: string, owner: string): Promise<ResponseBody> {
    const { body } = await this.find(id, owner);
    if (body['background'] !== true) throw new GatewayError('invalid_parameter', 'Only a response with "background": true can be cancelled.', { param: 'id' });
    if (isOver(body.status)) return body;
    const run = this.#running.get(id);
    if (run) {
      run.end('cancelled', 'The response was cancelled.');
      await run.over;
    } else await this.#store.update(id, { ...body, status: 'cancelled' }, []); // its instance sees it at its next heartbeat
    return (await this.find(id, owner)).body;
  }

  /** The events of an answer made in the background: those that were told after a sequence number, then those to come. @throws GatewayError `not_found` */
  async follow(id: string, owner: string, after: number): Promise<Observable<ResponseEvent>> {
    await this.find(id, owner);
    return new Observable((subscriber) => {
      const abort = new AbortController();
      this.#tell(id, owner, after, abort.signal, (event) => {
        subscriber.next(event);
      }).then(
        () => {
          subscriber.complete();
        },
        (error: unknown) => {
          subscriber.error(error);
        },
      );
      return () => {
        abort.abort();
      };
    });
  }

  /** Deletes what is too old, and ends what nobody is at any more. Never rejects. */
  async cleanUp(): Promise<void> {
    try {
      await this.#store.removeOlder(this.settings.retentionDays * DAY_MS);
      for (const body of await this.#store.orphans(SILENT_MS)) {
        if (this.#running.has(body.id)) continue;
        const error = { code: 'server_error', message: 'The gateway that made the response was stopped.' };
        await this.#store.update(body.id, { ...body, status: 'failed', error }, []);
      }
    } catch (error) {
      this.log.warn({ err: error }, 'stored responses could not be cleaned up');
    }
  }

  async #tell(id: string, owner: string, after: number, signal: AbortSignal, say: (event: ResponseEvent) => void): Promise<void> {
    let last = after;
    for (;;) {
      const { body } = await this.find(id, owner);
      const events = await this.#store.events(id, last);
      for (const event of events) say(event);
      last = events.at(-1)?.sequence_number ?? last;
      if (events.length > 0) continue;
      if (isOver(body.status) || signal.aborted) return;
      await this.#next(id, signal);
    }
  }

  /** Resolves when there may be more: at the word of the run, where it is ours, else after a while. */
  #next(id: string, signal: AbortSignal): Promise<void> {
    const run = this.#running.get(id);
    return new Promise((resolve) => {
      const timer = setTimeout(done, run ? HEARTBEAT_MS : POLL_MS);
      const told = run?.told.subscribe({ next: done, complete: done });
      signal.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        told?.unsubscribe();
        resolve();
      }
    });
  }

  async #beat(): Promise<void> {
    const runs = [...this.#running.values()];
    try {
      const wanted = await this.#store.touch(runs.map(({ id }) => id));
      for (const run of runs) if (!wanted.has(run.id)) run.end('cancelled', 'The response was cancelled.');
    } catch (error) {
      this.log.warn({ err: error }, 'responses under way could not be marked');
    }
  }
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${id.slice(0, 80)}' not found.`, { param: 'id' });
}
