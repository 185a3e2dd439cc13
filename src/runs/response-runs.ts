import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Observable } from 'rxjs';
import { BackgroundRun, type RunPlan } from './background-run.js';
import { historyOf, inputWithItems } from './earlier-responses.js';
import { followRun } from './follow-run.js';
import { type Ending, ResponseStore, type Unfinished, type WrittenEvent } from './response-store.js';
import { RunPlaces } from './run-places.js';
import { isOver, nothingSaid, type StoredResponse } from './stored-response.js';
import { stateTexts } from './stored-texts.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Conversation } from '../kernel/message.js';
import { LOG, type Log } from '../observability/log.js';
import { instanceName, isGone } from '../process-pool/instance-name.js';
import { DatabaseAwayError } from '../storage/database-away.js';
import { OwnerBudget } from '../storage/owner-budget.js';
import { OwnerQuota } from '../storage/owner-quota.js';
import { StorageSettings } from '../storage/storage-settings.js';
import { Storage } from '../storage/storage.js';
import { type ResponseObject } from '../wire/openai-responses/response-body.js';
import { type ResponseEvent } from '../wire/openai-responses/response-writer.js';

/** Over it the oldest go. */
const RESPONSES_PER_OWNER = 10_000;
const CLEAN_UP_MS = 60_000;
/** How often an instance says that it is at work, and hears which of its answers are not wanted any more; and after what silence it counts as gone. */
const HEARTBEAT_MS = 2000;
const SILENT_MS = 15_000;
/** So long a client waits for the end of what it ended: the database may be away. */
const END_MS = 5000;

/** Answers that outlive their request: those that can be asked for again, and those that are made with nobody waiting. Each belongs to a client. */
@Injectable()
export class ResponseRuns implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #store: ResponseStore;
  readonly #quota: OwnerQuota;
  /** What is said of the answers under way. */
  readonly #said: OwnerBudget;
  readonly #running = new Map<string, BackgroundRun>();
  readonly #places = new RunPlaces();
  readonly #timers: NodeJS.Timeout[] = [];
  /** When the database could not be asked last: as little could others say that they are at work. */
  #awayAt = -Infinity;

  constructor(
    storage: Storage,
    private readonly settings: StorageSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new ResponseStore(storage, instanceName(), () => Date.now());
    this.#quota = new OwnerQuota(storage, 'responses', settings.clientStoreBytes);
    this.#said = new OwnerBudget(settings.clientStoreBytes);
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

  /** Resolves when nothing is under way any more; what is still so after `ms` milliseconds is failed. */
  async finish(ms: number): Promise<void> {
    await within(ms, Promise.all([...this.#running.values()].map((run) => run.over)));
    const runs = [...this.#running.values()];
    for (const run of runs) run.stop('The gateway was shut down.');
    await Promise.all(runs.map(({ over }) => over));
  }

  /** The database is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.finish(0);
  }

  /** Keeps an answer. @throws GatewayError `context_length_exceeded` where it is too long to be kept */
  async save(owner: string, response: StoredResponse): Promise<void> {
    await this.#wrote(owner, await this.#store.insert(owner, response));
  }

  /** @throws GatewayError `not_found` for one that is unknown, deleted or another client's */
  async find(id: string, owner: string): Promise<ResponseObject> {
    return (await this.#store.body(id, owner)) ?? notFound(id);
  }

  /** The input items of an answer. @throws GatewayError `not_found` */
  async inputOf(id: string, owner: string): Promise<readonly unknown[]> {
    return (await this.#store.input(id, owner)) ?? notFound(id);
  }

  /** What a request goes on from that follows an answer. @throws GatewayError `not_found`, `invalid_parameter` where that is nothing */
  historyOf(previousId: string, owner: string): Promise<Conversation> {
    return historyOf(this.#store, previousId, owner);
  }

  /** A request's input with the items in the place of what refers to them. @throws GatewayError `not_found`, `invalid_parameter` where there are too many */
  withItems(input: unknown, owner: string): Promise<unknown> {
    return inputWithItems(this.#store, input, owner);
  }

  /** One that is under way is ended. @throws GatewayError `not_found` */
  async remove(id: string, owner: string): Promise<void> {
    if (!(await this.#store.exists(id, owner))) notFound(id);
    await this.#end(id, 'The response was deleted.');
    if (!(await this.#store.remove(id, owner))) notFound(id);
  }

  /**
   * Sets an answer off that nobody waits for. Resolves with the run once it is stored.
   *
   * @throws GatewayError `queue_full` where too many are under way, `context_length_exceeded` where it is too long to be kept
   */
  async start(owner: string, plan: RunPlan): Promise<Pick<BackgroundRun, 'over'>> {
    const giveBack = this.#places.take(owner);
    const share = this.#said.open(owner);
    const failed = (error: unknown): void => {
      this.log.error({ err: error }, 'a response in the background failed');
    };
    const run = new BackgroundRun(plan, this.#store, failed, share);
    await this.save(owner, { body: plan.body, input: plan.input, conversation: nothingSaid }).catch((error: unknown) => {
      giveBack();
      throw error;
    });
    // Not earlier: the heartbeat ends what it does not find.
    this.#running.set(run.id, run);
    void run.over.then(() => {
      this.#running.delete(run.id);
      giveBack();
      share.release();
      void this.#wrote(owner, run.length);
    });
    run.start();
    return run;
  }

  /** Ends an answer that is under way; one that is over stays as it is. Resolves with it. @throws GatewayError `not_found`, `invalid_parameter` for one with somebody waiting */
  async cancel(id: string, owner: string): Promise<ResponseObject> {
    const body = await this.find(id, owner);
    if (body['background'] !== true) throw new GatewayError('invalid_parameter', 'Only a response with "background": true can be cancelled.', { param: 'id' });
    if (isOver(body.status)) return body;
    if (!(await this.#end(id, 'The response was cancelled.'))) await this.#store.update(id, stateTexts({ ...body, status: 'cancelled' })); // its instance sees it at its next heartbeat
    return this.find(id, owner);
  }

  /** The events of an answer made in the background: those that were told after a sequence number, then those to come. */
  follow(id: string, owner: string, after: number, flow = new Flow()): Observable<WrittenEvent> {
    return new Observable((subscriber) => {
      const abort = new AbortController();
      const say = (event: WrittenEvent): void => {
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
      await this.#store.removeOlder(this.settings.retentionMs);
      await this.#store.trim(RESPONSES_PER_OWNER);
      for (const owner of await this.#quota.exceeded()) await this.#store.removeAll(await this.#quota.surplus(owner));
    });
  }

  /** Deletes what an owner has too much of, the oldest first. Never rejects. */
  async #wrote(owner: string, length: number): Promise<void> {
    if (this.#quota.wrote(owner, length)) await this.#quietly(async () => this.#store.removeAll(await this.#quota.surplus(owner)));
  }

  /** Ends what nobody is at any more. Never rejects. */
  endUnfinished(): Promise<void> {
    return this.#quietly(async () => {
      const all = await this.#store.unfinished().catch((error: unknown) => {
        this.#awayAt = Date.now();
        throw error;
      });
      for (const unfinished of all) if (this.#isLeft(unfinished)) await this.#quietly(() => this.#store.endLeft(unfinished, endingOf));
    });
  }

  #isLeft({ id, instance, seenAt }: Unfinished): boolean {
    const lately = Date.now() - SILENT_MS;
    return !this.#running.has(id) && ((seenAt < lately && this.#awayAt < lately) || isGone(instance));
  }

  /** Ends one that is under way here, and waits until that is stored. False: it is not. */
  async #end(id: string, message: string): Promise<boolean> {
    const run = this.#running.get(id);
    run?.end('cancelled', message);
    if (run) await within(END_MS, run.over);
    return run !== undefined;
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
      if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'stored responses could not be looked after');
    }
  }
}

/** The end that its last event tells of, whose writing was all that was missing; else a failure. */
function endingOf(left: ResponseObject, last: ResponseEvent | undefined): Ending {
  if (last?.response && isOver(last.response.status)) return { texts: stateTexts(last.response), event: undefined };
  const body: ResponseObject = { ...left, status: 'failed', error: { code: 'server_error', message: 'The gateway that made the response was stopped.' } };
  const event = { type: 'response.failed', sequence_number: (last?.sequence_number ?? -1) + 1, response: body };
  return { texts: stateTexts(body), event: { sequence: event.sequence_number, type: event.type, json: JSON.stringify(event) } };
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  await Promise.race([work, sleep(ms, undefined, { ref: false, signal: abort.signal }).catch(() => undefined)]);
  abort.abort();
}

function notFound(id: string): never {
  throw new GatewayError('not_found', `Response with id '${id.slice(0, 80)}' not found.`, { param: 'id' });
}
