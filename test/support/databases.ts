import { Client } from 'pg';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database of the tests' own, empty at first. */
export interface TestDatabase {
  readonly dataDir: string;
  /** For `DATABASE_URL`; undefined: the file in the data folder. */
  readonly url: string | undefined;
  remove(): Promise<void>;
}

export interface TestStore {
  readonly name: string;
  make(): Promise<TestDatabase>;
}

const server = process.env['SHELLM_TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const sqlite: TestStore = {
  name: 'SQLite',
  make: () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'store-'));
    return Promise.resolve({
      dataDir,
      url: undefined,
      remove: () => {
        rmSync(dataDir, { recursive: true });
        return Promise.resolve();
      },
    });
  },
};

const postgres: TestStore = {
  name: 'PostgreSQL',
  make: async () => {
    const name = `shellm_test_${randomBytes(6).toString('hex')}`;
    await command(`create database ${name}`);
    const files = await sqlite.make();
    const url = new URL(server);
    url.pathname = name;
    return {
      dataDir: files.dataDir,
      url: url.href,
      remove: async () => {
        await command(`drop database ${name} with (force)`);
        await files.remove();
      },
    };
  },
};

async function command(sql: string): Promise<void> {
  const client = new Client({ connectionString: server, connectionTimeoutMillis: 2000 });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Every database that the gateway can keep its things in and that is here; says which is not. */
export async function testStores(): Promise<readonly TestStore[]> {
  try {
    await command('select 1');
    return [sqlite, postgres];
  } catch {
    process.stderr.write('SKIPPED: the specs over PostgreSQL; there is none at 127.0.0.1:5432 (SHELLM_TEST_DATABASE_URL names another).\n');
    return [sqlite];
  }
}
