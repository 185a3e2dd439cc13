import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../bootstrap.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { ConfigLocation } from '../config/config-location.js';
import { dataDirOf } from '../config/data-dir-path.js';
import { type ProviderStatus } from '../providers/provider.js';

/** The providers that this machine's configuration gives the gateway, by id; or why it would not start. */
export type Installed = { readonly providers: Readonly<Record<string, ProviderStatus>> } | { readonly problem: string };

/** Looks at this machine's CLIs and keys, as `GET /health` does: no turn is played, and no token spent. The gateway's data stays untouched. */
export async function lookAtInstalled(): Promise<Installed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'shellm-look-'));
  try {
    const config = new ConfigLocation(process.env, dataDirOf(process.env), process.cwd()).candidates.find((path) => existsSync(path));
    // Over `.env`, which is read with the rest. Nothing is warmed up, and nothing listens.
    Object.assign(process.env, {
      SHELLM_DATA_DIR: dataDir,
      DATABASE_URL: '',
      SHELLM_HOST: '127.0.0.1',
      SHELLM_WARM: '0',
      LOG_LEVEL: 'silent',
      ...(config && { SHELLM_CONFIG: config }),
    });
    const app = await createApp();
    try {
      return { providers: await app.get(ProviderHealth).states() };
    } finally {
      await app.close();
    }
  } catch (error) {
    return { problem: (error as Error).message };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
