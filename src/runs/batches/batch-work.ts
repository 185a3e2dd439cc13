import { hash } from 'node:crypto';
import { type Batch, type BatchProblem, type Ending, isOver } from './batch.js';
import { BatchRun, type BatchRunParts } from './batch-run.js';
import { type NumberedResult } from './batch-results.js';
import { BatchStop } from './batch-stop.js';
import { type BatchStore } from './batch-store.js';
import { inputLines } from './input-lines.js';
import { isProblem, parseLine } from './parse-line.js';
import { notRun, unansweredLine } from './result-line.js';
import { validateInput } from './validate-input.js';

/** How often it is looked whether a batch was cancelled elsewhere, or its time is over. Milliseconds. */
const LOOK_EVERY_MS = 2000;
/** So many requests that are not run get their results at once. */
const AT_ONCE = 500;

/** Brings batches from one state to the next, until they are over. May be broken off anywhere: whoever goes on with one finds what there is of it. */
export class BatchWork {
  /** Those whose requests are being run here. */
  readonly #runs = new Map<string, BatchRun>();
  #draining = false;

  constructor(
    private readonly store: BatchStore,
    private readonly parts: BatchRunParts,
  ) {}

  /** No further request is begun. */
  drain(): void {
    this.#draining = true;
    for (const run of this.#runs.values()) run.drain();
  }

  /** It was cancelled: what runs of it is ended. */
  cancel(id: string): void {
    this.#runs.get(id)?.stop(new BatchStop('cancelled'));
  }

  /** Resolves with whether it is over: not where the gateway is to shut down. @throws the signal's reason */
  async work(id: string, signal: AbortSignal): Promise<boolean> {
    for (;;) {
      signal.throwIfAborted();
      const batch = await this.store.find(id);
      if (!batch || isOver(batch.status)) return true;
      if (this.#draining || !(await this.#step(batch, signal))) return false;
    }
  }

  /** False: it is for somebody else to go on with it. */
  async #step(batch: Batch, signal: AbortSignal): Promise<boolean> {
    switch (batch.status) {
      case 'validating':
        await this.#validate(batch, signal);
        return true;
      case 'in_progress':
        return this.#run(batch, signal);
      case 'cancelling':
        await this.#skipRest(batch, 'cancelled', signal);
        await this.#settle(batch, 'cancelled', null);
        return true;
      default:
        await this.#settle(batch, 'completed', null);
        return true;
    }
  }

  async #validate({ id, inputFileId, endpoint }: Batch, signal: AbortSignal): Promise<void> {
    const { total, problems } = await validateInput(inputLines(this.parts.files.text(inputFileId)), endpoint);
    signal.throwIfAborted();
    if (problems.length === 0) await this.store.move(id, ['validating'], 'in_progress', { total });
    else await this.#end(id, inputFileId, 'failed', problems, { output_file_id: null, error_file_id: null });
  }

  async #run(batch: Batch, signal: AbortSignal): Promise<boolean> {
    const { id } = batch;
    const run = new BatchRun(batch, this.parts);
    if (batch.expiresAt <= Date.now()) run.stop(new BatchStop('expired'));
    this.#runs.set(id, run);
    const looking = setInterval(() => void this.#look(id, run), LOOK_EVERY_MS);
    try {
      if (!(await run.run(signal))) return false;
      await this.store.move(id, ['in_progress'], 'finalizing');
      return true;
    } catch (error) {
      signal.throwIfAborted();
      return await this.#stopped(batch, error, signal);
    } finally {
      clearInterval(looking);
      this.#runs.delete(id);
    }
  }

  async #stopped(batch: Batch, error: unknown, signal: AbortSignal): Promise<boolean> {
    if (!(error instanceof BatchStop)) throw error;
    if (error.why === 'expired') {
      await this.#skipRest(batch, 'expired', signal);
      await this.#settle(batch, 'expired', null);
    } else if (error.problem) {
      await this.#settle(batch, 'failed', [{ ...error.problem, param: null, line: null }]);
    }
    return true;
  }

  async #look(id: string, run: BatchRun): Promise<void> {
    const batch = await this.store.find(id).catch(() => undefined); // the database is away: it is looked again
    if (batch?.status === 'cancelling') run.stop(new BatchStop('cancelled'));
    else if (batch && batch.expiresAt <= Date.now()) run.stop(new BatchStop('expired'));
  }

  /** The requests that have no result yet get the one that they were not run. */
  async #skipRest({ id, inputFileId, endpoint }: Batch, why: keyof typeof notRun, signal: AbortSignal): Promise<void> {
    const { files, results } = this.parts;
    const done = await results.lines(id);
    let skipped: NumberedResult[] = [];
    for await (const { number, text } of inputLines(files.text(inputFileId))) {
      if (done.has(number)) continue;
      const request = parseLine(text, endpoint);
      // Of a batch that was cancelled before its input was looked through.
      if (isProblem(request)) continue;
      skipped.push({ line: number, ...unansweredLine(request.customId, notRun[why]) });
      if (skipped.length < AT_ONCE) continue;
      await results.add(id, skipped);
      signal.throwIfAborted();
      skipped = [];
    }
    await results.add(id, skipped);
  }

  /** Writes the results into files. */
  async #settle({ id, owner, inputFileId, outputTtlS }: Batch, ending: Ending, errors: readonly BatchProblem[] | null): Promise<void> {
    const { files, results } = this.parts;
    const write = async (kind: 'output' | 'error'): Promise<string | null> => {
      const file = { id: fileIdOf(id, kind), owner, filename: `${id}_${kind}.jsonl`, purpose: 'batch_output' as const };
      const written = await files.write(file, results.texts(id, kind === 'output'), outputTtlS === null ? undefined : outputTtlS * 1000);
      return written?.id ?? null;
    };
    await this.#end(id, inputFileId, ending, errors, { output_file_id: await write('output'), error_file_id: await write('error') });
  }

  async #end(
    id: string,
    inputFileId: string,
    ending: Ending,
    errors: readonly BatchProblem[] | null,
    written: { readonly output_file_id: string | null; readonly error_file_id: string | null },
  ): Promise<void> {
    await this.store.end(id, ending, { errors, ...written });
    await this.parts.files.holdOnly(inputFileId, await this.store.inputNeededUntil(inputFileId));
  }
}

/** The same whoever writes it, so that what one began another one replaces. A batch's id cannot be guessed, no more can this. */
function fileIdOf(batch: string, kind: string): string {
  return `file-${hash('sha256', `${batch} ${kind}`).slice(0, 32)}`;
}
