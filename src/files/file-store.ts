import { type Kysely, type Selectable, type SelectQueryBuilder } from 'kysely';
import { type FilePurpose, type FilesPage, isFileId, type StoredFile } from './stored-file.js';
import { type Database, type FilesTable } from '../storage/database.js';
import { deleteInBatches } from '../storage/delete-in-batches.js';
import { type Storage } from '../storage/storage.js';

/** How many chunks one query tells the lengths of. */
const PAGE = 500;
/** How many bytes one query gives, where a single chunk is not longer. */
const PAGE_BYTES = 1024 ** 2;
/** How many chunks one statement of a clean-up deletes. */
const BATCH_OF_CHUNKS = 200;

/** A part of a file, by its place. */
export interface FileChunk {
  readonly sequence: number;
  readonly text: string;
}

/** A file that is to be written. */
export interface NewFile {
  readonly id: string;
  readonly owner: string;
  readonly purpose: FilePurpose;
  readonly filename: string;
  /** When it is given up where it has not become whole. Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Files in the database. Those of another owner, those that are not whole and those whose time is over are as good as none. */
export class FileStore {
  constructor(
    private readonly storage: Storage,
    private readonly now: () => number,
  ) {}

  /** Begins a file, which is none until {@link complete}. */
  async begin({ expiresAt, ...file }: NewFile): Promise<void> {
    await this.#db
      .insertInto('files')
      .values({ ...file, created_at: this.now(), expires_at: expiresAt })
      .execute();
  }

  async append(id: string, { sequence, text }: FileChunk, bytes: number): Promise<void> {
    await this.#db.insertInto('file_chunks').values({ file_id: id, sequence, bytes, text }).execute();
  }

  /** All of it is there. Undefined: it was given up meanwhile. @param ttlMs from when it was begun */
  async complete(id: string, { bytes, ttlMs }: { readonly bytes: number; readonly ttlMs: number }, db = this.#db): Promise<StoredFile | undefined> {
    const row = await db
      .updateTable('files')
      .set((eb) => ({ bytes, expires_at: eb('created_at', '+', ttlMs), complete: 1 }))
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    return row && decode(row);
  }

  async find(id: string, owner: string): Promise<StoredFile | undefined> {
    if (!isFileId(id)) return undefined;
    const row = await this.#visible(owner).where('id', '=', id).selectAll().executeTakeFirst();
    return row && decode(row);
  }

  async count(owner: string): Promise<number> {
    const row = await this.#visible(owner)
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirst();
    return row?.count ?? 0;
  }

  /** Undefined: there is no file to begin behind. One more than asked for where there are more. */
  async list(owner: string, { purpose, limit, order, after }: FilesPage): Promise<StoredFile[] | undefined> {
    let query = this.#visible(owner);
    if (purpose !== undefined) query = query.where('purpose', '=', purpose);
    if (after !== undefined) {
      const last = await this.find(after, owner);
      if (!last) return undefined;
      query = query.where((eb) => eb(eb.refTuple('created_at', 'id'), order === 'asc' ? '>' : '<', eb.tuple(last.createdAt, last.id)));
    }
    const rows = await query
      .selectAll()
      .orderBy('created_at', order)
      .orderBy('id', order)
      .limit(limit + 1)
      .execute();
    return rows.map(decode);
  }

  /** The chunks of a file in order, whoever has it: as many at a time as fit into a page. */
  async *chunks(id: string, after = -1): AsyncGenerator<FileChunk, void, undefined> {
    for (let last = after; ;) {
      const lengths = await this.#chunks(id, last).select(['sequence', 'bytes']).limit(PAGE).execute();
      if (lengths.length === 0) return;
      let bytes = 0;
      const beyond = lengths.findIndex((chunk, index) => (bytes += chunk.bytes) > PAGE_BYTES && index > 0);
      const upTo = lengths.at(beyond < 0 ? -1 : beyond - 1)?.sequence ?? last;
      yield* await this.#chunks(id, last).where('sequence', '<=', upTo).select(['sequence', 'text']).execute();
      last = upTo;
    }
  }

  /** Nobody finds it any more; it is deleted at once, unless it is held. False: there was none. */
  async remove(id: string, owner: string): Promise<boolean> {
    if (!isFileId(id)) return false;
    const now = this.now();
    const { numUpdatedRows } = await this.#db
      .updateTable('files')
      .set({ expires_at: now })
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('complete', '=', 1)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await this.removeEnded(id);
    return true;
  }

  /** Deletes a file, whoever has it and whatever becomes of it. */
  async removeAll(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await deleteInBatches((limit) => {
      const chunks = this.#db.selectFrom('file_chunks').select(['file_id', 'sequence']).where('file_id', 'in', ids).limit(limit);
      return this.#db.deleteFrom('file_chunks').where((eb) => eb(eb.refTuple('file_id', 'sequence'), 'in', chunks.$asTuple('file_id', 'sequence')));
    }, BATCH_OF_CHUNKS);
    await deleteInBatches(() => this.#db.deleteFrom('files').where('id', 'in', ids));
  }

  /** Keeps a file where it is until then, for whoever reads it. Milliseconds since 1970. False: its owner has no such file. */
  async hold(id: string, owner: string, until: number): Promise<boolean> {
    if (!isFileId(id)) return false;
    const now = this.now();
    const { numUpdatedRows } = await this.#db
      .updateTable('files')
      .set((eb) => ({ held_until: eb.case().when('held_until', '<', until).then(until).else(eb.ref('held_until')).end() }))
      .where('id', '=', id)
      .where('owner', '=', owner)
      .where('complete', '=', 1)
      .where('expires_at', '>', now)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Until when it is held from now on; 0: not at all. Deletes it where its time is over. */
  async holdOnly(id: string, until: number): Promise<void> {
    await this.#db.updateTable('files').set({ held_until: until }).where('id', '=', id).execute();
    await this.removeEnded(id);
  }

  /** Deletes the files whose time is over. @param only this one of them */
  async removeEnded(only?: string): Promise<void> {
    for (;;) {
      const now = this.now();
      let ended = this.#db.selectFrom('files').select('id').where('expires_at', '<=', now).where('held_until', '<=', now);
      if (only !== undefined) ended = ended.where('id', '=', only);
      const ids = (await ended.limit(BATCH_OF_CHUNKS).execute()).map(({ id }) => id);
      if (ids.length === 0) return;
      await this.removeAll(ids);
    }
  }

  #visible(owner: string): SelectQueryBuilder<Database, 'files', object> {
    return this.#db.selectFrom('files').where('owner', '=', owner).where('complete', '=', 1).where('expires_at', '>', this.now());
  }

  #chunks(id: string, after: number): SelectQueryBuilder<Database, 'file_chunks', object> {
    return this.#db.selectFrom('file_chunks').where('file_id', '=', id).where('sequence', '>', after).orderBy('sequence');
  }

  get #db(): Kysely<Database> {
    return this.storage.db;
  }
}

function decode({ id, purpose, filename, bytes, created_at, expires_at }: Selectable<FilesTable>): StoredFile {
  return { id, purpose: purpose as FilePurpose, filename, bytes, createdAt: created_at, expiresAt: expires_at };
}
