import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { hash } from 'node:crypto';
import { type Job } from './protocol.js';
import { type JobEnd, type JobLimits, ThreadHandle } from './thread-handle.js';
import { type Verdict, Verdicts } from './verdicts.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type TurnSlot, TurnSlots } from '../process-pool/turn-slots.js';
import { type JsonFormat } from '../structured-output/answer-format.js';
import { checkAnswer, type Checked, objectOnly } from '../structured-output/check-answer.js';
import { measureSchema } from '../structured-output/measure-schema.js';
import { schemaError } from '../structured-output/schema-error.js';

type Schema = Readonly<Record<string, unknown>>;

/** Who wants a schema looked at: threads are shared out fairly between owners, who have one each at most. */
export interface Asker {
  /** Opaque. */
  readonly owner: string;
  /** Gives up the wait for a thread; what a thread is at goes on to its end. */
  readonly signal: AbortSignal;
}

const THREADS = 2;
const WAITING = 64;
const WAIT_MS = 10_000;
const LIMITS: JobLimits = { compileMs: 1000, checkMs: 500 };
/** An answer that is any object is looked at here where it has no more characters: that takes less than the way to a thread. */
const SHORT = 4096;
/** Of an answer. To read JSON is nothing that can be broken off: it has to come to its end soon. Far more than models say. */
const MAX_CHARACTERS = 4 * 1024 ** 2;

/** The schemas that clients give: compiled and run in threads of their own, within bounds of time and memory, so that none of them can hold up another's request. */
@Injectable()
export class ClientSchemas implements OnApplicationShutdown {
  readonly #slots = new TurnSlots({ max: THREADS, perOwner: 1, queueDepth: WAITING, queueTimeoutMs: WAIT_MS }, 'schema thread');
  readonly #verdicts = new Verdicts();
  /** Those that nobody uses, the one last that was used last. */
  #idle: ThreadHandle[] = [];
  readonly #threads = new Set<ThreadHandle>();
  #closed = false;

  /**
   * Compiles a schema for the answers to come.
   *
   * @throws GatewayError 400 naming `response_format` for one that cannot be used; `queue_full`, `timeout`; the signal's reason
   */
  async prepare(schema: Schema, asker: Asker): Promise<void> {
    const text = measureSchema(schema);
    const key = keyOf(text);
    const { fault } = await this.#verdictOn({ task: 'compile', key, schema: text }, key, asker);
    if (fault !== undefined) throw schemaError(fault);
  }

  /** Whether Ajv as it is by itself takes the schema: draft-07, with no keyword that it does not know. @throws GatewayError as {@link prepare}, but for what is wrong with the schema */
  async takenStrictly(schema: Schema, asker: Asker): Promise<boolean> {
    const text = JSON.stringify(schema);
    const { fault } = await this.#verdictOn({ task: 'compile-strictly', schema: text }, `strictly ${keyOf(text)}`, asker);
    return fault === undefined;
  }

  /**
   * Finds the JSON of an answer and judges it.
   *
   * @param exact whether it must be JSON from its first character to its last; else there may be words or a code fence around it
   * @throws GatewayError as {@link prepare}
   */
  async check(format: JsonFormat, text: string, exact: boolean, asker: Asker): Promise<Checked> {
    if (format.type === 'json-object' && text.length <= SHORT) return checkAnswer(text, exact, objectOnly);
    if (text.length > MAX_CHARACTERS) return { problems: [`it is longer than ${MAX_CHARACTERS} characters`] };
    const end = await this.#do(jobOf(format, text, exact), asker);
    if ('ended' in end) return { problems: [`it takes too ${end.ended === 'too-slow' ? 'long' : 'much memory'} to be checked against the schema`] };
    if ('fault' in end.outcome) throw schemaError(end.outcome.fault);
    return 'fits' in end.outcome ? { json: text } : end.outcome;
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    this.#slots.close();
    this.#idle = [];
    await Promise.all([...this.#threads].map((thread) => thread.close(shuttingDown())));
  }

  async #verdictOn(job: Job, key: string, asker: Asker): Promise<Verdict> {
    const known = this.#verdicts.get(key);
    if (known) return known;
    const end = await this.#do(job, asker, () => this.#verdicts.get(key) !== undefined);
    const found = end && verdictOf(end);
    if (found) this.#verdicts.set(key, found);
    return found ?? this.#verdictOn(job, key, asker);
  }

  /** Undefined: there was nothing more to do when its turn came. */
  async #do(job: Job, asker: Asker): Promise<JobEnd>;
  async #do(job: Job, asker: Asker, isDone: () => boolean): Promise<JobEnd | undefined>;
  async #do(job: Job, { owner, signal }: Asker, isDone?: () => boolean): Promise<JobEnd | undefined> {
    const slot = await this.#slots.acquire(owner, signal);
    let thread: ThreadHandle | undefined;
    try {
      if (this.#closed) throw shuttingDown();
      if (isDone?.() === true) return undefined;
      thread = this.#take();
      return await thread.run(job, LIMITS);
    } finally {
      if (!thread || thread.usable) {
        if (thread) this.#idle.push(thread);
        slot.release();
      } else void this.#replace(thread, slot);
    }
  }

  #take(): ThreadHandle {
    const thread = this.#idle.pop() ?? this.#start();
    if (thread.usable) return thread;
    this.#threads.delete(thread);
    return this.#take();
  }

  /** What a thread is at may take its time to break off: there are never more of them. Then there is another at once, so that nobody waits for its start. */
  async #replace(thread: ThreadHandle, slot: TurnSlot): Promise<void> {
    await thread.exited;
    this.#threads.delete(thread);
    if (!this.#closed) this.#idle.unshift(this.#start());
    slot.release();
  }

  #start(): ThreadHandle {
    const thread = new ThreadHandle();
    this.#threads.add(thread);
    return thread;
  }
}

function shuttingDown(): GatewayError {
  return new GatewayError('shutting_down', 'The gateway is shutting down.', { retryAfter: 5 });
}

function jobOf(format: JsonFormat, text: string, exact: boolean): Job {
  if (format.type === 'json-object') return { task: 'check-object', text, exact };
  const schema = measureSchema(format.schema);
  return { task: 'check', key: keyOf(schema), schema, text, exact };
}

function verdictOf(end: JobEnd): Verdict {
  if ('ended' in end) return { fault: `it takes too ${end.ended === 'too-slow' ? 'long' : 'much memory'} to compile.`, spent: true };
  return { fault: 'fault' in end.outcome ? end.outcome.fault : undefined, spent: false };
}

function keyOf(schema: string): string {
  return hash('sha256', schema);
}
