import { expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { call } from './support/boot.js';
import { spawnGateway, type SpawnedGateway } from './support/spawn-gateway.js';

const ADMIN = 'admin-key-admin-key-admin-key-1';
const SHELLM_CLIENTS = JSON.stringify({ admin: { key: ADMIN, scopes: ['completions', 'admin'] } });
const admin = { 'x-api-key': ADMIN };

/** docs/deployment.md, "What to keep". */
it('what was backed up while the gateway works is a gateway again: its keys, its templates, its secrets', async () => {
  const restored = mkdtempSync(join(tmpdir(), 'restored-'));
  const gateways: SpawnedGateway[] = [];
  try {
    const running = await spawnGateway({ SHELLM_CLIENTS });
    gateways.push(running);
    const issued = await call(`${running.url}/admin/keys`, { headers: admin, body: { name: 'ada' } });
    await call(`${running.url}/templates/greeting`, { method: 'PUT', headers: admin, body: { template: 'Hello {{name}}' } });

    // What `sqlite3 … .backup` calls, and the folder around the database, as tar takes it.
    const database = new DatabaseSync(join(running.dataDir, 'shellm.db'), { readOnly: true });
    const copied = backup(database, join(restored, 'shellm.db'));
    await call(`${running.url}/admin/keys`, { headers: admin, body: { name: 'too-late' } });
    await copied;
    database.close();
    const archive = execFileSync('/bin/tar', ['-C', running.dataDir, '--exclude=./run', '--exclude=./logs', '--exclude=./compiled', '--exclude=./shellm.db*', '-cf', '-', '.'], {
      maxBuffer: 64 * 1024 ** 2,
    });
    execFileSync('/bin/tar', ['-C', restored, '-xf', '-'], { input: archive });
    await running.dispose();

    const again = await spawnGateway({ SHELLM_CLIENTS, SHELLM_DATA_DIR: restored });
    gateways.push(again);
    expect((await call(`${again.url}/v1/models`, { headers: { 'x-api-key': (issued.body as { key: string }).key } })).status).toBe(200);
    expect((await call(`${again.url}/templates/greeting`, { headers: admin })).body).toMatchObject({ template: 'Hello {{name}}' });
  } finally {
    for (const gateway of gateways) await gateway.dispose();
    rmSync(restored, { recursive: true, force: true });
  }
});
