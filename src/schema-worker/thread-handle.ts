import { Worker } from 'node:worker_threads';
import { ownProgram } from '../config/own-file.js';
import { type Job, type Outcome, type Word } from './protocol.js';

/** Milliseconds. A thread that does not even start is given up. */
const START_MS = 20_000;
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, codeRangeSizeMb: 32, stackSizeMb: 4 };

const file = ownProgram('schema-worker/thread/main');

/** How long a job may take, in milliseconds. */
export interface JobLimits {
  readonly compileMs: number;
  /** From the moment that its schema is compiled. */
  readonly checkMs: number;
}

/** How a job ended; a thread that had to be ended for it is of no use any more. */
export type JobEnd = { readonly outcome: Outcome } | { readonly ended: 'too-slow' | 'too-large' };

interface Running {
  readonly limits: JobLimits;
  readonly settle: (end: JobEnd) => void;
  readonly fail: (error: Error) => void;
}

/** One thread for schemas. It knows no environment variable, holds no process up, and is ended where a job takes too long or too much memory. */
export class ThreadHandle {
  readonly #worker = new Worker(file, { env: {}, execArgv: [], resourceLimits, name: 'schemas' });
  /** Resolves when it has really ended. */
  readonly exited: Promise<void>;
  #running: Running | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ready = false;
  #usable = true;

  constructor() {
    this.#worker.unref();
    this.#worker.on('message', (word: Word) => {
      this.#hear(word);
    });
    this.#worker.on('error', (error: Error) => {
      const large = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (large) this.#end({ ended: 'too-large' });
      else this.#fail(error);
    });
    this.exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#fail(new Error('the thread for schemas ended'));
        resolve();
      });
    });
  }

  /** Whether it can take another job. */
  get usable(): boolean {
    return this.#usable;
  }

  /**
   * Does a job; one at a time.
   *
   * @throws Error where the thread fails of itself
   */
  run(job: Job, limits: JobLimits): Promise<JobEnd> {
    return new Promise((resolve, reject) => {
      this.#running = { limits, settle: resolve, fail: reject };
      this.#worker.postMessage(job);
      this.#arm(this.#ready ? limits.compileMs : START_MS);
    });
  }

  /** Ends the thread. @param error what becomes of what it is at */
  async close(error: Error): Promise<void> {
    this.#fail(error);
    await this.#worker.terminate();
  }

  #hear(word: Word): void {
    if (word.type === 'ready') this.#ready = true;
    if (word.type === 'done') this.#settle({ outcome: word.outcome });
    else if (this.#running) this.#arm(word.type === 'ready' ? this.#running.limits.compileMs : this.#running.limits.checkMs);
  }

  /** Where this process was held up itself, the thread's word may wait to be heard: it comes first. */
  #arm(ms: number): void {
    clearTimeout(this.#timer);
    const timer = setTimeout(() => {
      setImmediate(() => {
        if (this.#timer === timer) this.#late();
      });
    }, ms);
    this.#timer = timer;
  }

  #late(): void {
    if (this.#ready) this.#end({ ended: 'too-slow' });
    else this.#fail(new Error('the thread for schemas does not start'));
    void this.#worker.terminate();
  }

  #end(end: JobEnd): void {
    this.#usable = false;
    this.#settle(end);
  }

  #fail(error: Error): void {
    this.#usable = false;
    this.#take()?.fail(error);
  }

  #settle(end: JobEnd): void {
    this.#take()?.settle(end);
  }

  #take(): Running | undefined {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const running = this.#running;
    this.#running = undefined;
    return running;
  }
}
