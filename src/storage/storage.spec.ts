import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { FILE, openSqlite } from './open-sqlite.js';
import { openPostgres } from './open-postgres.js';
import { migrate, NewerSchemaError } from './migrate.js';
import { migrations } from './migrations/index.js';
import { LOCKED_MS } from './patient-connection.js';
import { Storage } from './storage.js';
import { silentLog } from '../observability/log.js';
import { testStores, type TestDatabase } from '../../test/support/databases.js';
import { redisProxy as wayTo } from '../../test/support/redis.js';

const row = (id: string, used = 1) => ({ id, owner: 'o', system: '[]', messages: '[]', created_at: 1_790_000_000_000, used_at: used });

describe.each(await testStores())('a database in $name', (store) => {
  let at: TestDatabase;
  const open: Storage[] = [];
  const storage = async (): Promise<Storage> => {
    const opened = await Storage.open(at.url, at.dataDir, silentLog);
    open.push(opened);
    return opened;
  };
  beforeEach(async () => {
    at = await store.makeBare();
  });
  afterEach(async () => {
    for (const opened of open.splice(0)) await opened.onApplicationShutdown();
    await at.remove();
  });

  it('keeps what was stored, numbers as numbers', async () => {
    const first = await storage();
    await first.db.insertInto('sessions').values(row('a', 1_790_000_000_123)).execute();
    await first.onApplicationShutdown();
    open.length = 0;
    const second = await storage();
    expect(await second.db.selectFrom('sessions').selectAll().execute()).toEqual([{ ...row('a', 1_790_000_000_123), provider: null, model: null, turns: 0, bytes: 4 }]);
  });

  it('is made once, however many come at the same time', async () => {
    const opened = await Promise.all([storage(), storage(), storage()]);
    for (const [index, { db }] of opened.entries())
      await db
        .insertInto('sessions')
        .values(row(String(index)))
        .execute();
    expect(await opened[0].db.selectFrom('sessions').select('id').orderBy('id').execute()).toEqual(opened.map((_, index) => ({ id: String(index) })));
  });

  it('does all of a transaction or nothing, whatever others do meanwhile', async () => {
    const { db } = await storage();
    const failing = db.transaction().execute(async (transaction) => {
      await transaction.insertInto('sessions').values(row('lost')).execute();
      await sleep(30);
      throw new Error('no');
    });
    const other = db.insertInto('sessions').values(row('kept')).execute();
    await expect(failing).rejects.toThrow('no');
    await other;
    expect(await db.selectFrom('sessions').select('id').execute()).toEqual([{ id: 'kept' }]);
  });

  it('counts under many at once', async () => {
    const { db } = await storage();
    await db.insertInto('sessions').values(row('a')).execute();
    const addOne = (): Promise<void> =>
      db.transaction().execute(async (transaction) => {
        const query = transaction.selectFrom('sessions').select('turns').where('id', '=', 'a');
        // SQLite has one writer anyway, and no word for it.
        const { turns } = await (at.url === undefined ? query : query.forUpdate()).executeTakeFirstOrThrow();
        await sleep(1);
        await transaction
          .updateTable('sessions')
          .set({ turns: turns + 1 })
          .where('id', '=', 'a')
          .execute();
      });
    await Promise.all(Array.from({ length: 20 }, addOne));
    expect(await db.selectFrom('sessions').select('turns').execute()).toEqual([{ turns: 20 }]);
  });

  it('of an older version is brought up to date with what is in it', async () => {
    const db = at.url === undefined ? openSqlite(at.dataDir) : openPostgres(at.url, silentLog);
    const older = Object.fromEntries(Object.entries(migrations).slice(0, 4));
    await migrate(db, { getMigrations: () => Promise.resolve(older) });
    await db
      .insertInto('sessions')
      .values({ ...row('a'), messages: '["é"]' })
      .execute();
    await db.destroy();
    expect(await (await storage()).db.selectFrom('sessions').select(['id', 'bytes']).execute()).toEqual([{ id: 'a', bytes: 8 }]);
  });

  it('of a newer version is left as it is', async () => {
    const { db } = await storage();
    const newer = { ...migrations, '9999-later': { up: () => Promise.resolve() } };
    await migrate(db, { getMigrations: () => Promise.resolve(newer) });
    await expect(migrate(db)).rejects.toBeInstanceOf(NewerSchemaError);
    await expect(Storage.open(at.url, at.dataDir, silentLog)).rejects.toThrow(/^(SHELLM_DATA_DIR|DATABASE_URL): The database was made by another version of SheLLM\.$/);
  });
});

describe('the file', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'store-'));
  });
  afterEach(() => {
    rmSync(dataDir, { recursive: true });
  });
  const why = async (): Promise<string> =>
    Storage.open(undefined, dataDir, silentLog).then(
      () => 'opened',
      (error: unknown) => String(error),
    );

  it("is nobody else's to read", async () => {
    const storage = await Storage.open(undefined, dataDir, silentLog);
    await storage.db.insertInto('sessions').values(row('a')).execute();
    for (const name of [FILE, `${FILE}-wal`, `${FILE}-shm`]) expect(statSync(join(dataDir, name)).mode & 0o777).toBe(0o600);
    await storage.onApplicationShutdown();
  });

  it.each<[string, () => void, string]>([
    [
      'that is something else',
      () => {
        writeFileSync(join(dataDir, FILE), 'I am a text and no database at all.'.repeat(50));
      },
      'is no SQLite database',
    ],
    [
      'that is damaged',
      () => {
        damage(join(dataDir, FILE));
      },
      'is damaged',
    ],
    [
      'that is a folder',
      () => {
        mkdirSync(join(dataDir, FILE));
      },
      'cannot be opened (EISDIR)',
    ],
  ])('%s stops the start in one line', async (_, spoil, expected) => {
    spoil();
    const said = await why();
    expect(said).toBe(`ConfigurationError: SHELLM_DATA_DIR: the database ${FILE} ${expected}`);
  });
});

describe('a lock that another process holds', () => {
  let dataDir: string;
  let storage: Storage;
  let holder: ChildProcess | undefined;
  const hold = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1]); db.exec('begin immediate'); console.log('held'); process.stdin.once('data', () => { db.exec('rollback'); db.close(); process.exit(); });`;

  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'store-'));
    storage = await Storage.open(undefined, dataDir, silentLog);
    holder = spawn(process.execPath, ['-e', hold, join(dataDir, FILE)], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout!, 'data');
  });
  afterEach(async () => {
    holder?.kill('SIGKILL');
    await storage.onApplicationShutdown();
    rmSync(dataDir, { recursive: true });
  });

  it('is waited for while everything else goes on: a statement, a transaction', async () => {
    const order: string[] = [];
    const written = storage.db
      .insertInto('sessions')
      .values(row('statement'))
      .execute()
      .then(() => order.push('statement'));
    const transaction = storage.db
      .transaction()
      .execute((db) => db.insertInto('sessions').values(row('transaction')).execute())
      .then(() => order.push('transaction'));
    for (let turn = 0; turn < 20; turn++) await sleep(5);
    order.push('others');
    holder?.stdin?.write('go');
    await Promise.all([written, transaction]);
    expect(order).toEqual(['others', 'statement', 'transaction']);
    expect(await storage.db.selectFrom('sessions').select('id').orderBy('id').execute()).toEqual([{ id: 'statement' }, { id: 'transaction' }]);
  });

  it('is not waited for any more where it stays: who writes is told, and who reads is answered', async () => {
    const writes = ['a', 'b', 'c'].map((id) => storage.db.insertInto('sessions').values(row(id)).execute());
    const told = await Promise.allSettled(writes);
    expect(told.map((each) => each.status === 'rejected' && (each.reason as { errcode?: number }).errcode)).toEqual([5, 5, 5]);
    expect(await storage.db.selectFrom('sessions').select('id').execute()).toEqual([]);
    holder?.stdin?.write('go');
    await once(holder!, 'exit');
    await storage.db.insertInto('sessions').values(row('a')).execute();
  });

  it('is waited for anew by each statement where it comes and goes, however long that goes on', async () => {
    holder?.stdin?.write('go');
    await once(holder!, 'exit');
    const other = new DatabaseSync(join(dataDir, FILE));
    const until = performance.now() + LOCKED_MS + 300;
    for (let id = 0; performance.now() < until; id += 1) {
      other.exec('begin immediate');
      const written = storage.db
        .insertInto('sessions')
        .values(row(String(id)))
        .execute();
      await Promise.race([written, sleep(50)]);
      other.exec('rollback');
      await written;
    }
    other.close();
  });
});

/** A database whose pages are noise behind a good head. */
function damage(path: string): void {
  const database = new DatabaseSync(path);
  database.exec('create table shellm_migrations (name text primary key, timestamp text not null); create table filler (text)');
  for (let index = 0; index < 200; index += 1) database.prepare('insert into filler values (?)').run('x'.repeat(500));
  database.close();
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(statSync(path).size - 100).fill(0xa5), 0, undefined, 100);
  closeSync(file);
}

describe.each((await testStores()).filter(({ name }) => name === 'PostgreSQL'))('a connection to $name that breaks', (store) => {
  it('in the middle of a statement is the end of that statement, and of nothing else', async () => {
    const at = await store.makeBare();
    const way = await wayTo(at.url!);
    const { db } = await Storage.open(way.url, at.dataDir, silentLog);
    const broken = expect(sql`select pg_sleep(60)`.execute(db)).rejects.toThrow('database does not answer');
    await sleep(100);
    way.cut();
    await broken;
    way.restore();
    expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
    await db.destroy();
    await way.close();
    await at.remove();
  });
});

describe('PostgreSQL that is not there', () => {
  it('stops the start in one line, without the password', async () => {
    const url = 'postgres://someone:hunter2@127.0.0.1:1/nothing';
    await expect(Storage.open(url, '/nowhere', silentLog)).rejects.toThrow(/^DATABASE_URL: PostgreSQL cannot be used \(ECONNREFUSED\)$/);
  });
});
