import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppModule } from '../app.module.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { ConfigLocation } from '../config/config-location.js';
import { dataDirOf } from '../config/data-dir-path.js';
import { type Environment } from '../config/environment.js';
import { type Installation } from '../providers/installation.js';
import { type Provider, type ProviderStatus } from '../providers/provider.js';
import { ProviderRegistry } from '../providers/provider-registry.js';

/** A provider as the gateway would find it. */
export interface FoundProvider {
  readonly id: string;
  readonly kind: Provider['kind'];
  /** As `GET /health` tells it; undefined for one that nobody configured or installed. */
  readonly status: ProviderStatus | undefined;
  /** How many models it lists. */
  readonly models: number;
  /** Of a CLI. */
  readonly installation: Installation | undefined;
}

/** What this machine's configuration gives the gateway; or why it would not start. */
export type Installed = { readonly providers: readonly FoundProvider[] } | { readonly problem: string };

/**
 * Looks at this machine's CLIs and keys: no turn is played, no token spent, nothing is started that stays, no login renewed. The gateway's data stays untouched.
 *
 * @param workDir where the configuration file may be
 */
export async function lookAtInstalled(environment: Environment, workDir: string): Promise<Installed> {
  const dataDir = await mkdtemp(join(tmpdir(), 'shellm-look-'));
  try {
    const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(inFolder(dataDir, environment, workDir)), new FastifyAdapter(), {
      logger: false,
      abortOnError: false,
    });
    try {
      // Not initialised: providers that start would ask their vendors for more than a state.
      return { providers: await foundIn(app.get(ProviderRegistry), app.get(ProviderHealth)) };
    } finally {
      await app.close();
    }
  } catch (error) {
    return { problem: (error as Error).message };
  } finally {
    await Promise.all([dataDir, `${dataDir}-children`].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** The same configuration, over another folder and without a database: nothing listens. */
function inFolder(dataDir: string, environment: Environment, workDir: string): Environment {
  const config = new ConfigLocation(environment, dataDirOf(environment), workDir).candidates.find((path) => existsSync(path));
  return {
    ...environment,
    SHELLM_DATA_DIR: dataDir,
    DATABASE_URL: '',
    REDIS_URL: '',
    SHELLM_WARM: '0',
    LOG_LEVEL: 'silent',
    ...(config && { SHELLM_CONFIG: config }),
  };
}

async function foundIn(registry: ProviderRegistry, health: ProviderHealth): Promise<FoundProvider[]> {
  const states = await health.states();
  return registry.known.map((provider) => {
    const { id, kind } = provider;
    return { id, kind, status: states[id], models: provider.usable(false) ? provider.models().length : 0, installation: provider.installation?.() };
  });
}
