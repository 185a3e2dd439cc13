import { Inject, Injectable } from '@nestjs/common';
import { DeliveryStore } from './delivery-store.js';
import { isPassing } from './passing-errors.js';
import { entryIdOf, type JobEnd, jobIdOf } from './job.js';
import { DELIVERIES, JOBS } from './job-queues.js';
import { JobSettings } from './job-settings.js';
import { type BegunJob, JobStore } from './job-store.js';
import { AuthService } from '../../auth/auth.service.js';
import { mayComplete } from '../../auth/may-complete.js';
import { type ErrorCode, GatewayError } from '../../kernel/gateway-error.js';
import { insist } from '../../job-queue/insist.js';
import { JobQueue } from '../../job-queue/job-queue.js';
import { GivenBack, type Task, type TaskEnd } from '../../job-queue/queue-worker.js';
import { LOG, type Log } from '../../observability/log.js';
import { DatabaseAwayError } from '../../storage/database-away.js';
import { Storage } from '../../storage/storage.js';
import { type ChatError, encodeError } from '../../wire/openai-chat/encode-error.js';
import { type OperationAnswer, OperationRunner, type StoredRequest } from '../operations/operation-runner.js';

/** Tries that a gateway's end cut off, after which there is no further one: the job may be why. */
const MAX_TRIES = 3;
/** Before a job is tried again that only waits for something to pass, at least. Milliseconds. */
const AGAIN_MS = 5000;
/** Characters of an answer's JSON. */
const MAX_RESULT = 16 * 1024 ** 2;

/** Makes the jobs, one after the other, as the clients that asked for them. */
@Injectable()
export class JobWork {
  readonly #jobs: JobStore;
  readonly #deliveries: DeliveryStore;

  constructor(
    private readonly storage: Storage,
    private readonly queue: JobQueue,
    private readonly runner: OperationRunner,
    private readonly auth: AuthService,
    settings: JobSettings,
    @Inject(LOG) private readonly log: Log,
  ) {
    this.#jobs = new JobStore(storage);
    this.#deliveries = new DeliveryStore(storage);
    queue.work({ queue: JOBS, concurrency: settings.maxConcurrent }, (task) => this.#make(task));
  }

  async #make({ id: entry, signal }: Task): Promise<TaskEnd> {
    const id = jobIdOf(entry);
    const job = await this.#jobs.begin(id);
    if (!job) return 'done';
    const began = performance.now();
    try {
      const end = await this.#endOf(id, job, signal);
      if ('againInMs' in end) {
        await insist(() => this.#jobs.giveBack(id, job), signal, this.#warn);
        return end;
      }
      await insist(() => this.#finish(id, job, end), signal, this.#warn);
      const error = end.status === 'failed' ? { code: end.error.code } : undefined;
      this.log.info({ job: id, client: this.auth.find(job.owner)?.name ?? job.owner, status: end.status, ms: Math.round(performance.now() - began), error }, 'job');
      return 'done';
    } catch (error) {
      // Whatever else ends it counts: it may do so each time.
      if (signal.reason instanceof GivenBack) await this.#jobs.giveBack(id, job);
      throw error;
    }
  }

  async #endOf(id: string, { owner, request, tries, createdAt }: BegunJob, signal: AbortSignal): Promise<JobEnd | { readonly againInMs: number }> {
    if (tries > MAX_TRIES) return failed('internal_error', `The gateway was stopped in each of ${MAX_TRIES} tries.`);
    const client = this.auth.find(owner);
    if (!client) return failed('invalid_api_key', 'The key of this job was revoked, or has expired.');
    if (!mayComplete(client)) return failed('insufficient_scope', 'This key lacks the scope "completions".');
    const answer = await this.runner.run({ ...(JSON.parse(request) as StoredRequest), requestId: id }, client, signal);
    if (answer.error && isPassing(answer.error, Date.now() - createdAt)) return { againInMs: Math.max(AGAIN_MS, (answer.error.retryAfter ?? 0) * 1000) };
    return endOf(answer);
  }

  /** What came of it, and that it is to be told: both or neither. */
  async #finish(id: string, { tries, owner }: BegunJob, end: JobEnd): Promise<void> {
    await this.storage.db.transaction().execute(async (db) => {
      if (!(await this.#jobs.finish(id, tries, end, db))) return;
      // Whoever has many to be told lets the others go first.
      await this.queue.add(DELIVERIES, { id: entryIdOf(id), priority: -(await this.#deliveries.pendingOf(owner, db)) }, db);
    });
    this.queue.nudge(DELIVERIES);
  }

  readonly #warn = (error: unknown): void => {
    if (!(error instanceof DatabaseAwayError)) this.log.warn({ err: error }, 'what came of a job cannot be stored: it is tried again');
  };
}

function endOf({ status, body, error }: OperationAnswer): JobEnd {
  if (error || status >= 400) return { status: 'failed', error: errorIn(body) };
  if (JSON.stringify(body).length > MAX_RESULT) return failed('output_limit_exceeded', 'The answer has grown too long to be stored.');
  return { status: 'succeeded', result: body };
}

/** A vendor may have put its refusal in another form. */
function errorIn(body: object): ChatError['error'] {
  const { error } = body as Partial<ChatError>;
  if (typeof error === 'object' && typeof error.message === 'string') return { message: error.message, type: error.type, param: error.param ?? null, code: error.code ?? null };
  return encodeError(new GatewayError('upstream_error', 'The provider refused the request.')).error;
}

function failed(code: ErrorCode, message: string): JobEnd {
  return { status: 'failed', error: encodeError(new GatewayError(code, message)).error };
}
