import { Injectable } from '@nestjs/common';
import { ConfigFile } from '../config/config-file.js';
import { OpenAiCompatibleFamily } from '../providers/openai-compatible/openai-compatible.family.js';
import { type Provider } from '../providers/provider.js';

/** The providers of a worker, in the place of the {@link ProviderRegistry}: those that pass bytes on. Which are switched on the owner knows. */
@Injectable()
export class ApiProviders {
  #byId: ReadonlyMap<string, Provider> = new Map();

  constructor(family: OpenAiCompatibleFamily, file: ConfigFile) {
    file.use((candidate) => {
      const next = new Map(family.providers(candidate).map((provider) => [provider.id, provider]));
      return () => {
        const before = this.#byId;
        this.#byId = next;
        for (const [id, provider] of before) if (next.get(id) !== provider) provider.retire?.();
      };
    });
  }

  get(id: string): Provider | undefined {
    return this.#byId.get(id);
  }

  isEnabled(id: string): boolean {
    return this.#byId.has(id);
  }
}
