import { Inject, Injectable } from '@nestjs/common';
import { CallbackTargets } from './callback-targets.js';
import { DeliveryStore, type PendingDelivery } from './delivery-store.js';
import { DeliveryTimes } from './delivery-times.js';
import { encodeJob, jobIdOf } from './job.js';
import { DELIVERIES } from './job-queues.js';
import { webhookHeaders } from './webhook-headers.js';
import { WebhookSecrets } from './webhook-secrets.js';
import { packageVersion } from '../../config/package-version.js';
import { dial } from '../../dialer/dial.js';
import { DialError } from '../../dialer/dial-error.js';
import { insist } from '../../job-queue/insist.js';
import { JobQueue } from '../../job-queue/job-queue.js';
import { type Task, type TaskEnd } from '../../job-queue/queue-worker.js';
import { LOG, type Log } from '../../observability/log.js';
import { DatabaseAwayError } from '../../storage/database-away.js';
import { Storage } from '../../storage/storage.js';

/** Callbacks at once: they mostly wait. */
const CONCURRENCY = 16;
/** The receiver's way to say that it wants no more. */
const GONE = 410;

/** Tells the ends of jobs to the URLs that their clients named, until they take it or the tries are used up. */
@Injectable()
export class JobDelivery {
  readonly #store: DeliveryStore;

  constructor(
    storage: Storage,
    queue: JobQueue,
    private readonly targets: CallbackTargets,
    private readonly secrets: WebhookSecrets,
    private readonly times: DeliveryTimes,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#store = new DeliveryStore(storage);
    queue.work({ queue: DELIVERIES, concurrency: CONCURRENCY }, (task) => this.#deliver(task));
  }

  async #deliver({ id: entry, signal }: Task): Promise<TaskEnd> {
    const id = jobIdOf(entry);
    const delivery = await this.#store.find(id);
    if (!delivery) return 'done';
    const tries = delivery.tries + 1;
    const failure = await this.#post(delivery, signal);
    const pauseMs = failure?.final === true ? undefined : this.times.pausesMs[delivery.tries];
    const line = { job: id, client: delivery.owner, attempt: tries, failure: failure?.why };
    if (failure === undefined) this.log.info(line, 'callback');
    else this.log.warn(line, pauseMs === undefined ? 'a callback is given up' : 'a callback failed: it is tried again');
    await insist(
      () => {
        if (failure === undefined) return this.#store.delivered(id, tries);
        return pauseMs === undefined ? this.#store.dead(id, tries, failure.why) : this.#store.failed(id, tries, failure.why, pauseMs);
      },
      signal,
      (error) => {
        if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'what came of a callback cannot be stored: it is tried again');
      },
    );
    return failure === undefined || pauseMs === undefined ? 'done' : { againInMs: pauseMs };
  }

  /** Resolves with why it was not taken; undefined where it was. @throws the signal's reason */
  async #post({ job, owner, url }: PendingDelivery, signal: AbortSignal): Promise<Failure | undefined> {
    const body = JSON.stringify(encodeJob(job));
    const headers = {
      'content-type': 'application/json',
      'user-agent': `shellm/${packageVersion}`,
      ...webhookHeaders(job.id, Math.floor(Date.now() / 1000), body, this.secrets.of(owner)),
    };
    try {
      const limits = { timeoutMs: this.times.timeoutMs, maxBytes: 0, wantsBody: () => false, signal };
      const { status } = await dial({ url, method: 'POST', headers, body, allow: this.targets.allow, ...limits });
      if (status >= 200 && status < 300) return undefined;
      return { why: `The receiver answered with the status ${status}.`, final: status === GONE };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof DialError)) throw error;
      return { why: failures[error.failure], final: false };
    }
  }
}

interface Failure {
  /** For the client: nothing of what a refused address is, nor of the URL. */
  readonly why: string;
  /** It is not tried again. */
  readonly final: boolean;
}

const failures: Readonly<Record<DialError['failure'], string>> = {
  url: 'The URL is no http or https URL without a user name.',
  address: 'The host of the URL is unknown or may not be reached.',
  unreachable: 'The receiver did not answer.',
  redirect: 'The receiver redirects, which is not followed.',
  'too-large': 'The receiver answered with too much.',
  timeout: 'The receiver did not answer in time.',
};
