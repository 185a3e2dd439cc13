import { type Batch } from './batch.js';
import { type BatchResults } from './batch-results.js';
import { BatchStop } from './batch-stop.js';
import { inputLines, type InputLine } from './input-lines.js';
import { type LineRunner, NotRunHere } from './line-runner.js';
import { isProblem, parseLine } from './parse-line.js';
import { unansweredLine, type ResultLine } from './result-line.js';
import { ResultWriter } from './result-writer.js';
import { type FilesService } from '../../files/files.service.js';
import { type Log } from '../../observability/log.js';
import { DatabaseAwayError } from '../../storage/database-away.js';

export interface BatchRunParts {
  readonly files: FilesService;
  readonly results: BatchResults;
  readonly lines: LineRunner;
  /** Requests of one batch at once. */
  readonly concurrency: number;
  readonly log: Log;
}

/** The requests of a batch, run from the first that has no result yet to the last. */
export class BatchRun {
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #drained = new AbortController();
  readonly #writer: ResultWriter;
  /** Bytes that its results may still take. */
  #room = Infinity;

  constructor(
    private readonly batch: Batch,
    private readonly parts: BatchRunParts,
  ) {
    this.#writer = new ResultWriter(batch.id, parts.results, (error) => {
      if (!(error instanceof DatabaseAwayError)) parts.log.warn({ err: error, batch: batch.id }, 'the results of requests cannot be written: it is tried again');
    });
  }

  /** Ends what runs. */
  stop(reason: BatchStop): void {
    this.#stop.abort(reason);
  }

  /** No further request is begun; those that run go on. */
  drain(): void {
    this.#drained.abort();
  }

  /**
   * Resolves with whether all have a result now: not where it was told to drain.
   *
   * @throws BatchStop; the signal's reason. Nothing runs any more then
   */
  async run(signal: AbortSignal): Promise<boolean> {
    const both = AbortSignal.any([signal, this.#stop.signal]);
    try {
      await this.#runAll(both);
    } finally {
      await Promise.all(this.#running);
    }
    both.throwIfAborted();
    return !this.#drained.signal.aborted;
  }

  async #runAll(signal: AbortSignal): Promise<void> {
    const { files, results, lines, concurrency } = this.parts;
    const either = AbortSignal.any([signal, this.#drained.signal]);
    const done = await results.lines(this.batch.id);
    this.#room = (await files.left(this.batch.owner)) - this.batch.bytes;
    for await (const line of inputLines(files.text(this.batch.inputFileId))) {
      if (done.has(line.number)) continue;
      if (this.#running.size >= concurrency) await Promise.race(this.#running);
      const giveBack = await lines.place(this.batch.owner, either).catch(() => undefined);
      if (!giveBack) return;
      this.#begin(line, giveBack, signal);
    }
  }

  #begin(line: InputLine, giveBack: () => void, signal: AbortSignal): void {
    const running = this.#runLine(line, giveBack, signal)
      .catch((error: unknown) => {
        if (error instanceof NotRunHere) this.drain();
        else this.#stop.abort(error);
      })
      .finally(() => {
        this.#running.delete(running);
      });
    this.#running.add(running);
  }

  async #runLine({ number, text }: InputLine, giveBack: () => void, signal: AbortSignal): Promise<void> {
    const result = await this.#resultOf(text, giveBack, signal);
    await this.#writer.add({ line: number, ...result }, signal);
    this.#room -= Buffer.byteLength(result.text);
    if (this.#room < 0)
      throw new BatchStop('failed', {
        code: 'storage_full',
        message: 'The results have no more room among the files of this key: delete some, and make a batch of the requests that are left.',
      });
  }

  async #resultOf(text: string, giveBack: () => void, signal: AbortSignal): Promise<ResultLine> {
    const request = parseLine(text, this.batch.endpoint);
    if (!isProblem(request)) return this.parts.lines.run(this.batch, request, giveBack, { signal, drained: this.#drained.signal });
    // The input was looked through before: it cannot be so.
    giveBack();
    return unansweredLine('', request);
  }
}
