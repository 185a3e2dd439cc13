import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Observable } from 'rxjs';
import { BackgroundRun, type RunPlan } from './background-run.js';
import { followRun } from './follow-run.js';
import { instanceName, isGone } from './instance-name.js';
import { ResponseStore, type Unfinished } from './response-store.js';
import { RunSettings } from './run-settings.js';
import { isOver, nothingSaid, type ResponseBody, type ResponseEvent, type StoredResponse } from './stored-response.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { LOG, type Log } from '../observability/log.js';
import { Storage } from '../storage/storage.js';

/** Over it the oldest go. */
const RESPONSES_PER_OWNER = 10_000;
const RUNS = 100;
const CLEAN_UP_MS = 60_000;
/** How often an instance says that it is at work, and hears which of its answers are not wanted any more; and after what silence it counts as gone. */
const HEARTBEAT_MS = 2000;
const SILENT_MS = 15_000;
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
    this.#store = new ResponseStore(storage, instanceName(), () => Date.now());
  }

  async onApplicationBootstrap(): Promise<void> {
    this.#timers.push(
      setInterval(() => void this.cleanUp(), CLEAN_UP_MS).unref(),
      setInterval(() => void this.endUnfinished(), SILENT_MS / 3).unref(),
      setInterval(() => void this.#beat(), HEARTBEAT_MS).unref(),
    );
    void this.cleanUp();
    await this.endUnfinished();
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
  save(owner: string, response: StoredResponse): Promise<void> {
    return this.#store.insert(owner, response);
  }

  /** @throws GatewayError `not_found` for one that is unknown, deleted or another client's */
  async find(id: string, owner: string): Promise<StoredResponse> {
    const found = isId(id) ? await this.#store.find(id, owner) : undefined;
    if (!found) throw notFound(id);
    return found;
  }

  /** One that is under way is ended. @throws GatewayError `not_found` */
  async remove(id: string, owner: string): Promise<void> {
    await this.find(id, owner);
    const run = this.#running.get(id);
    run?.end('cancelled', 'The response was deleted.');
    await run?.over;
    if (!(await this.#store.remove(id, owner))) throw notFound(id);
  }

  /**
   * Sets an answer off that nobody waits for.
   *
   * @throws GatewayError `queue_full` where too many are under way, `context_length_exceeded` where it is too long to be kept
   */
  async start(owner: string, plan: RunPlan, input: readonly unknown[]): Promise<void> {
    if (this.#running.size >= RUNS) throw new GatewayError('queue_full', 'Too many responses are being made in the background.', { retryAfter: 5 });
    const run = new BackgroundRun(plan, this.#store, (error) => {
      this.log.error({ err: error }, 'a response in the background failed');
    });
    await this.save(owner, { body: plan.body, input, conversation: nothingSaid });
    // Not earlier: the heartbeat ends what it does not find.
    this.#running.set(run.id, run);
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
    } else await this.#store.update(id, { ...body, status: 'cancelled' }, nothingSaid); // its instance sees it at its next heartbeat
    return (await this.find(id, owner)).body;
  }

  /** The events of an answer made in the background: those that were told after a sequence number, then those to come. */
  follow(id: string, owner: string, after: number, flow = new Flow()): Observable<ResponseEvent> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const say = (event: ResponseEvent): void => {
        subscriber.next(event);
      };
      followRun(this.#store, () => this.#running.get(id), { id, owner, after, flow, signal: abort.signal, say }).then(
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

  /** Deletes what is too old or too much. Never rejects. */
  cleanUp(): Promise<void> {
    return this.#quietly(async () => {
      await this.#store.removeOlder(this.settings.retentionDays * DAY_MS);
      await this.#store.trim(RESPONSES_PER_OWNER);
    });
  }

  /** Ends what nobody is at any more. Never rejects. */
  endUnfinished(): Promise<void> {
    return this.#quietly(async () => {
      for (const unfinished of await this.#store.unfinished()) if (this.#isLeft(unfinished)) await this.#fail(unfinished.body);
    });
  }

  #isLeft({ body, instance, seenAt }: Unfinished): boolean {
    return !this.#running.has(body.id) && (seenAt < Date.now() - SILENT_MS || isGone(instance));
  }

  async #fail(left: ResponseBody): Promise<void> {
    const body: ResponseBody = { ...left, status: 'failed', error: { code: 'server_error', message: 'The gateway that made the response was stopped.' } };
    const sequence = (await this.#store.lastOf(left.id)) + 1;
    const event: ResponseEvent = { type: 'response.failed', sequence_number: sequence, response: body };
    await this.#store.append(left.id, [{ sequence, json: JSON.stringify(event) }]);
    await this.#store.update(left.id, body, nothingSaid);
  }

  #beat(): Promise<void> {
    return this.#quietly(async () => {
      const runs = [...this.#running.values()];
      const wanted = await this.#store.touch(runs.map(({ id }) => id));
      for (const run of runs) if (!wanted.has(run.id)) run.end('cancelled', 'The response was cancelled.');
    });
  }

  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.warn({ err: error }, 'stored responses could not be looked after');
    }
  }
}

/** No other can be there; a database may choke on what is none. */
function isId(id: string): boolean {
  return /^\w{1,100}$/.test(id);
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `Response with id '${id.slice(0, 80)}' not found.`, { param: 'id' });
}
