import { type DeleteResult } from 'kysely';

/** How many rows one statement of a clean-up deletes: the others' statements come between. */
export const BATCH = 200;

/**
 * Deletes until there is nothing left.
 *
 * @param batch the statement that deletes up to `limit` rows
 * @returns how many were deleted
 */
export async function deleteInBatches(batch: (limit: number) => { executeTakeFirst(): Promise<DeleteResult> }): Promise<number> {
  let removed = 0;
  for (;;) {
    const { numDeletedRows } = await batch(BATCH).executeTakeFirst();
    removed += Number(numDeletedRows);
    if (numDeletedRows < BATCH) return removed;
  }
}
