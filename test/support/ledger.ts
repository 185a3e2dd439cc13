import { type Gateway } from './boot.js';
import { Storage } from '../../src/storage/storage.js';
import { type UsageTable } from '../../src/storage/database.js';
import { UsageLedger } from '../../src/usage/usage-ledger.js';

/** The rows of a gateway's ledger, in the order in which their completions began, once there are so many. */
export async function ledgerOf({ app }: Gateway, rows: number): Promise<UsageTable[]> {
  const until = performance.now() + 5000;
  for (;;) {
    await app.get(UsageLedger).flush();
    const written = await app.get(Storage).db.selectFrom('usage').selectAll().orderBy('started_at').execute();
    if (written.length >= rows) return written;
    if (performance.now() > until) throw new Error(`the ledger has ${written.length} rows, not ${rows}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Empties it. */
export async function emptyLedger({ app }: Gateway): Promise<void> {
  await app.get(UsageLedger).flush();
  await app.get(Storage).db.deleteFrom('usage').execute();
}
