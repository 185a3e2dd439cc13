import { type Kysely } from 'kysely';
import { endings, unfinished } from './batch.js';
import { type ResultLine } from './result-line.js';
import { type Database } from '../../storage/database.js';
import { BATCH, deleteInBatches } from '../../storage/delete-in-batches.js';
import { type Storage } from '../../storage/storage.js';

/** How many results one query tells the lengths of. */
const PAGE = 1000;
/** How many bytes one query gives, where a single result is not longer. */
const PAGE_BYTES = 1024 ** 2;

export interface NumberedResult extends ResultLine {
  /** Of the input. */
  readonly line: number;
}

/** What became of the requests of batches that are not over: one result a line, whoever comes first. */
export class BatchResults {
  constructor(private readonly storage: Storage) {}

  /** Those of lines that have one already change nothing, nor do those of a batch that is over or gone. */
  async add(batch: string, results: readonly NumberedResult[]): Promise<void> {
    if (results.length === 0) return;
    await this.#db.transaction().execute(async (db) => {
      const row = await db.selectFrom('batches').select('id').where('id', '=', batch).where('status', 'in', unfinished).executeTakeFirst();
      if (!row) return;
      const added = await db
        .insertInto('batch_results')
        .values(results.map(({ line, succeeded, text }) => ({ batch_id: batch, line, succeeded: succeeded ? 1 : 0, bytes: Buffer.byteLength(text), text })))
        .onConflict((conflict) => conflict.columns(['batch_id', 'line']).doNothing())
        .returning(['succeeded', 'bytes'])
        .execute();
      const completed = added.filter(({ succeeded }) => succeeded === 1).length;
      await db
        .updateTable('batches')
        .set((eb) => ({
          runs: 0,
          completed: eb('completed', '+', completed),
          failed: eb('failed', '+', added.length - completed),
          bytes: eb(
            'bytes',
            '+',
            added.reduce((sum, { bytes }) => sum + bytes, 0),
          ),
        }))
        .where('id', '=', batch)
        .execute();
    });
  }

  /** The lines that have one. */
  async lines(batch: string): Promise<ReadonlySet<number>> {
    const rows = await this.#db.selectFrom('batch_results').select('line').where('batch_id', '=', batch).execute();
    return new Set(rows.map(({ line }) => line));
  }

  /** The texts of the results in the order of their lines: those of the output file, or those of the error file. */
  async *texts(batch: string, succeeded: boolean): AsyncGenerator<string, void, undefined> {
    const results = (after: number) =>
      this.#db
        .selectFrom('batch_results')
        .where('batch_id', '=', batch)
        .where('succeeded', '=', succeeded ? 1 : 0)
        .where('line', '>', after)
        .orderBy('line');
    for (let last = 0; ;) {
      const lengths = await results(last).select(['line', 'bytes']).limit(PAGE).execute();
      if (lengths.length === 0) return;
      let bytes = 0;
      const beyond = lengths.findIndex((result, index) => (bytes += result.bytes) > PAGE_BYTES && index > 0);
      const upTo = lengths.at(beyond < 0 ? -1 : beyond - 1)?.line ?? last;
      for (const { text } of await results(last).where('line', '<=', upTo).select('text').execute()) yield text;
      last = upTo;
    }
  }

  /** Deletes those of batches that are over: they are in files by then. */
  async removeEnded(): Promise<void> {
    await deleteInBatches((limit) => {
      const ended = this.#db.selectFrom('batch_results').innerJoin('batches', 'batches.id', 'batch_results.batch_id').where('status', 'in', endings);
      const some = ended.select(['batch_id', 'line']).limit(limit);
      return this.#db.deleteFrom('batch_results').where((eb) => eb(eb.refTuple('batch_id', 'line'), 'in', some.$asTuple('batch_id', 'line')));
    }, 5 * BATCH);
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}
