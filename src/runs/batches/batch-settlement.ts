import { type Batch, type BatchProblem, type Ending } from './batch.js';
import { type BatchResults, type NumberedResult } from './batch-results.js';
import { type BatchStore } from './batch-store.js';
import { inputLines } from './input-lines.js';
import { isProblem, parseLine } from './parse-line.js';
import { notRun, unansweredLine } from './result-line.js';
import { type FileDraft, type FilesService } from '../../files/files.service.js';
import { type Log } from '../../observability/log.js';
import { type Storage } from '../../storage/storage.js';

/** So many requests that are not run get their results at once. */
const AT_ONCE = 500;

/** Ends batches: their results become files. Of several who end one, the first does. */
export class BatchSettlement {
  constructor(
    private readonly storage: Storage,
    private readonly store: BatchStore,
    private readonly results: BatchResults,
    private readonly files: FilesService,
    private readonly log: Log,
  ) {}

  /** The requests that have no result yet get the one that they were not run. @throws the signal's reason */
  async skipRest({ id, inputFileId, endpoint }: Batch, why: keyof typeof notRun, signal: AbortSignal): Promise<void> {
    const done = await this.results.lines(id);
    let skipped: NumberedResult[] = [];
    for await (const { number, text } of inputLines(this.files.text(inputFileId))) {
      if (done.has(number)) continue;
      const request = parseLine(text, endpoint);
      // Of a batch that was cancelled before its input was looked through.
      if (isProblem(request)) continue;
      skipped.push({ line: number, ...unansweredLine(request.customId, notRun[why]) });
      if (skipped.length < AT_ONCE) continue;
      await this.results.add(id, skipped);
      signal.throwIfAborted();
      skipped = [];
    }
    await this.results.add(id, skipped);
  }

  /** @param errors why it failed */
  async end(batch: Batch, ending: Ending, errors: readonly BatchProblem[] | null = null): Promise<void> {
    const { id, owner, inputFileId } = batch;
    const [output, error] = [await this.#draft(batch, 'output'), await this.#draft(batch, 'error')];
    if (await this.#publish(batch, ending, errors, { output, error })) this.log.info({ batch: id, client: owner, status: ending, errors: errors?.length }, 'batch');
    else for (const draft of [output, error]) if (draft) await this.files.discard(draft);
    await this.files.holdOnly(inputFileId, await this.store.inputNeededUntil(inputFileId));
  }

  #draft({ id, owner }: Batch, kind: 'output' | 'error'): Promise<FileDraft | undefined> {
    return this.files.draft({ owner, filename: `${id}_${kind}.jsonl`, purpose: 'batch_output' }, this.results.texts(id, kind === 'output'));
  }

  /** The end and the files, or neither. False: somebody else has ended it. */
  #publish(
    { id, outputTtlS }: Batch,
    ending: Ending,
    errors: readonly BatchProblem[] | null,
    { output, error }: Record<'output' | 'error', FileDraft | undefined>,
  ): Promise<boolean> {
    const ttlMs = outputTtlS === null ? undefined : outputTtlS * 1000;
    return this.storage.db.transaction().execute(async (db) => {
      if (!(await this.store.end(id, ending, { errors, outputFileId: output?.id ?? null, errorFileId: error?.id ?? null }, db))) return false;
      for (const draft of [output, error]) if (draft) await this.files.publish(draft, ttlMs, db);
      return true;
    });
  }
}
