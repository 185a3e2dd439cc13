import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { FaultPlayer } from './fault-player.js';
import { FaultyVendor } from './faulty-vendor.js';
import { createApp } from '../bootstrap.js';
import { ProviderHealth } from '../completion/provider-health.js';
import { packageFolder } from '../config/own-file.js';
import { ProviderRegistry } from '../providers/provider-registry.js';
import { shutDown } from '../serve.js';

/** The programs that play the CLIs, in the package. */
const shippedFakes = join(packageFolder, 'selftest');

/** CLIs, and the vendors that each have a server of their own. */
export const cliProviders = ['claude', 'codex', 'gemini', 'acp/fake', 'demo'] as const;
export const apiProviders = ['openai', 'cerebras'] as const;

export interface FaultyGatewayOptions {
  /** The folder of the fake CLIs. */
  readonly fakes?: string;
  readonly requestTimeoutMs: number;
  readonly turnMaxMs: number;
  /** What else its environment holds. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/**
 * A gateway in this process, on a free loopback port and with a data folder of its own, every provider of which misbehaves on demand. Nothing of the machine's
 * environment gets in: no login, no key.
 */
export class FaultyGateway {
  readonly player: FaultPlayer;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    readonly key: string,
    readonly dataDir: string,
    readonly vendors: ReadonlyMap<string, FaultyVendor>,
    signal: AbortSignal | undefined,
  ) {
    this.player = new FaultPlayer({
      url,
      key,
      vendors,
      forgetFailures: () => {
        this.forgetFailures();
      },
      ...(signal && { signal }),
    });
  }

  /** Nothing is left where it rejects. */
  static async start(options: FaultyGatewayOptions): Promise<FaultyGateway> {
    const dataDir = await mkdtemp(join(tmpdir(), 'shellm-faults-'));
    const vendors = new Map<string, FaultyVendor>();
    try {
      for (const provider of apiProviders) vendors.set(provider, await FaultyVendor.start());
      const key = `sk-${randomBytes(24).toString('base64url')}`;
      const fakes = resolve(options.fakes ?? shippedFakes);
      const config = join(dataDir, 'faults.yaml');
      await writeFile(config, JSON.stringify({ acp: { fake: { command: process.execPath, args: [join(fakes, 'fake-acp-agent.mjs')], trusted: true } } }));
      const app = await createApp({ ...environmentOf(dataDir, config, fakes, key, vendors, options), ...options.environment });
      // Fastify's own listen: it tells the address.
      const url = await app.getHttpAdapter().getInstance().listen({ port: 0, host: '127.0.0.1' });
      return new FaultyGateway(app, url, key, dataDir, vendors, options.signal);
    } catch (error) {
      await Promise.all([...vendors.values()].map((vendor) => vendor.close()));
      await rm(dataDir, { recursive: true, force: true });
      throw error;
    }
  }

  /** Closes every circuit breaker. */
  forgetFailures(): void {
    const health = this.app.get(ProviderHealth);
    for (const provider of this.app.get(ProviderRegistry).known) health.breaker(provider).succeeded();
  }

  /** Ends the gateway, its children and its vendors. The data folder is still there, for who looks what is left in it; see {@link remove}. */
  async close(): Promise<void> {
    await shutDown(this.app);
    await Promise.all([...this.vendors.values()].map((vendor) => vendor.close()));
  }

  remove(): Promise<void> {
    return rm(this.dataDir, { recursive: true, force: true });
  }
}

function environmentOf(
  dataDir: string,
  config: string,
  fakes: string,
  key: string,
  vendors: ReadonlyMap<string, FaultyVendor>,
  { requestTimeoutMs, turnMaxMs }: FaultyGatewayOptions,
): Record<string, string> {
  return {
    PATH: `${dirname(process.execPath)}:/usr/bin:/bin`,
    HOME: dataDir,
    LOG_LEVEL: 'silent',
    SHELLM_DATA_DIR: dataDir,
    SHELLM_CONFIG: config,
    SHELLM_PROVIDERS: [...cliProviders, ...apiProviders].join(),
    SHELLM_CLIENTS: JSON.stringify({ selftest: { key, models: ['*', 'acp/fake/*'] } }),
    SHELLM_RPM: '0',
    SHELLM_CLIENT_RPM: '0',
    SHELLM_MAX_CONCURRENT: '20',
    SHELLM_QUEUE_DEPTH: '100',
    SHELLM_REQUEST_TIMEOUT_MS: String(requestTimeoutMs),
    SHELLM_TURN_MAX_MS: String(turnMaxMs),
    SHELLM_SHUTDOWN_GRACE_MS: '1000',
    SHELLM_CLAUDE_BIN: join(fakes, 'fake-claude.mjs'),
    SHELLM_CODEX_BIN: join(fakes, 'fake-codex.mjs'),
    SHELLM_GEMINI_BIN: join(fakes, 'fake-gemini.mjs'),
    // Words that look like secrets: none of them may get out.
    CODEX_API_KEY: 'sk-secret-of-codex',
    GEMINI_API_KEY: 'sk-secret-of-gemini',
    OPENAI_API_KEY: 'sk-secret-of-openai',
    CEREBRAS_API_KEY: 'sk-secret-of-cerebras',
    OPENAI_BASE_URL: vendors.get('openai')?.url ?? '',
    CEREBRAS_BASE_URL: vendors.get('cerebras')?.url ?? '',
  };
}
