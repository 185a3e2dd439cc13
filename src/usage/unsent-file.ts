import { randomUUID } from 'node:crypto';
import { appendFileSync, createReadStream, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MAX_ROWS } from './usage-store.js';
import { parseRow, type UsageRow } from './usage-row.js';

const FILE = 'usage-unsent.ndjson';
const TAKEN = /^usage-unsent\.[0-9a-f-]{36}\.ndjson$/;
/** Over it nothing is added. Bytes. */
const MAX_BYTES = 256 * 1024 ** 2;

/** Rows that could not be written before the end, a JSON a line, in the data folder. */
export class UnsentFile {
  constructor(private readonly dataDir: string) {}

  /** Adds rows. Synchronous: the process is about to end. False: the file has no room for more. @throws the file system's own error */
  add(rows: readonly UsageRow[]): boolean {
    const path = join(this.dataDir, FILE);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) return false;
    // A line that a crash cut stays a line of its own.
    appendFileSync(path, `\n${rows.map((row) => JSON.stringify(row)).join('\n')}\n`, { mode: 0o600 });
    return true;
  }

  /**
   * Hands over what is kept, in batches; each file is deleted when all of it was taken. Where `take` rejects, the rest stays for the next time: it may then be handed over again.
   *
   * @returns how many rows there were, and how many lines that are none
   */
  async takeUp(take: (rows: readonly UsageRow[]) => Promise<void>): Promise<{ readonly rows: number; readonly broken: number }> {
    this.#claim();
    const sum = { rows: 0, broken: 0 };
    for (const name of readdirSync(this.dataDir).filter((each) => TAKEN.test(each))) {
      const path = join(this.dataDir, name);
      let batch: UsageRow[] = [];
      for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
        if (line === '') continue;
        const row = parseRow(line);
        if (row) batch.push(row);
        else sum.broken += 1;
        if (batch.length < MAX_ROWS) continue;
        await take(batch);
        sum.rows += batch.length;
        batch = [];
      }
      if (batch.length > 0) await take(batch);
      sum.rows += batch.length;
      rmSync(path, { force: true });
    }
    return sum;
  }

  /** Under a name of its own nobody adds to it any more. */
  #claim(): void {
    const path = join(this.dataDir, FILE);
    if (statSync(path, { throwIfNoEntry: false })) renameSync(path, join(this.dataDir, `usage-unsent.${randomUUID()}.ndjson`));
  }
}
