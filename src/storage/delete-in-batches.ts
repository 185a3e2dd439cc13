import { type DeleteResult } from 'kysely';
import { setImmediate as others } from 'node:timers/promises';

/** How many rows one statement of a clean-up deletes: the others' statements come between. */
export const BATCH = 200;

/**
 * Deletes until there is nothing left.
 *
 * @param batch the statement that deletes up to `limit` rows
 * @param size how many that are
 * @returns how many were deleted
 */
export async function deleteInBatches(batch: (limit: number) => { executeTakeFirst(): Promise<DeleteResult> }, size = BATCH): Promise<number> {
  let removed = 0;
  for (;;) {
    const { numDeletedRows } = await batch(size).executeTakeFirst();
    removed += Number(numDeletedRows);
    if (numDeletedRows < size) return removed;
    // SQLite answers at once: no request would come between.
    await others();
  }
}
