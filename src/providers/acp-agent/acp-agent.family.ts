import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AcpAgentProvider } from './acp-agent.provider.js';
import { locate } from '../../process-pool/locate.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { type AgentEntry, type FileSettings } from '../../config/file-settings.js';
import { LOG, type Log } from '../../observability/log.js';
import { PoolSettings } from '../../process-pool/pool-settings.js';
import { ProcessPool } from '../../process-pool/process-pool.js';
import { ToolBridge } from '../../tool-bridge/tool-bridge.js';
import { type ProviderFamily } from '../provider.js';

/** The agents of the configuration file (`acp:`). */
@Injectable()
export class AcpAgentFamily implements ProviderFamily, OnApplicationShutdown {
  /** By all that is written of them: those of the table, and those of a candidate. */
  #agents: { readonly identity: string; readonly provider: AcpAgentProvider }[] = [];

  constructor(
    private readonly pool: ProcessPool,
    private readonly bridge: ToolBridge,
    private readonly settings: PoolSettings,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOG) private readonly log: Log,
  ) {}

  providers({ acp }: Pick<FileSettings, 'acp'>): readonly AcpAgentProvider[] {
    const agents = [...acp].map(([name, entry]) => this.#agent(name, entry));
    this.#agents = this.#agents.filter(({ provider }) => agents.includes(provider) || (provider.started && !provider.retired));
    return agents;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.#agents.map(({ provider }) => provider.close()));
  }

  /** What is written the same as before is the same object as before, with its processes and what it learned. */
  #agent(name: string, entry: AgentEntry): AcpAgentProvider {
    const env = this.pool.isolation.environment(this.environment, [], entry.env);
    const command = locate(entry.command, env['PATH']);
    const identity = JSON.stringify([name, entry, command]);
    const known = this.#agents.find((agent) => agent.identity === identity && !agent.provider.retired);
    if (known) return known.provider;
    const provider = new AcpAgentProvider({ name, entry, command, env, warm: this.settings.warm }, this.pool, this.bridge, this.log);
    this.#agents.push({ identity, provider });
    return provider;
  }
}
