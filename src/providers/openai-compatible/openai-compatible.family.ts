import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ollamaUrl } from './ollama-url.js';
import { OpenAiCompatibleProvider } from './openai-compatible.provider.js';
import { CerebrasSettings, OllamaSettings, OpenAiSettings } from './settings.js';
import { type Proxies } from './upstream.js';
import { type Vendor } from './vendor.js';
import { cerebrasVendor, entryName, ollamaVendor, openaiVendor, serverVendor } from './vendors.js';
import { ENVIRONMENT, type Environment } from '../../config/environment.js';
import { type FileSettings } from '../../config/file-settings.js';
import { refuseOwnAddress } from '../../config/own-address.js';
import { ServerSettings } from '../../config/server-settings.js';
import { ConfigurationError } from '../../config/settings.js';
import { LOG, type Log } from '../../observability/log.js';
import { type ProviderFamily } from '../provider.js';

const OLLAMA = 'ollama';

/** All that speak Chat Completions: OpenAI, Cerebras, the servers of the configuration file, and an Ollama that runs on this machine. */
@Injectable()
export class OpenAiCompatibleFamily implements ProviderFamily, OnApplicationShutdown {
  readonly #proxies: Proxies;
  readonly #builtIn: readonly OpenAiCompatibleProvider[];
  readonly #ollamaUrl: string | undefined;
  /** Those that come and go with the file, by all that is written of them: those of the table, those of a candidate, and those that end still. */
  #others: { readonly identity: string; readonly provider: OpenAiCompatibleProvider }[] = [];

  constructor(
    openai: OpenAiSettings,
    cerebras: CerebrasSettings,
    ollama: OllamaSettings,
    private readonly server: ServerSettings,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOG) private readonly log: Log,
  ) {
    refuseOwnAddress('OPENAI_BASE_URL', openai.baseUrl, server);
    refuseOwnAddress('CEREBRAS_BASE_URL', cerebras.baseUrl, server);
    const proxy = (name: string): string | undefined => environment[name.toLowerCase()] ?? environment[name];
    this.#proxies = { httpProxy: checkProxy('HTTP_PROXY', proxy('HTTP_PROXY')), httpsProxy: checkProxy('HTTPS_PROXY', proxy('HTTPS_PROXY')), noProxy: proxy('NO_PROXY') };
    this.#builtIn = [this.#build(openaiVendor(openai)), this.#build(cerebrasVendor(cerebras))];
    const url = ollamaUrl(ollama.host);
    this.#ollamaUrl = isOwnAddress(url, server) ? undefined : url;
  }

  providers({ providers: entries }: Pick<FileSettings, 'providers'>): readonly OpenAiCompatibleProvider[] {
    const servers = [...entries].map(([name, entry]) => {
      refuseOwnAddress(`${entryName(name)}.base_url`, entry.baseUrl, this.server);
      return this.#other(JSON.stringify([name, entry]), () => this.#build(serverVendor(name, entry, this.environment)));
    });
    const others = [...servers, ...(entries.has(OLLAMA) ? [] : this.#ollama())];
    this.#others = this.#others.filter(({ provider }) => provider.running || others.includes(provider));
    return [...this.#builtIn, ...others];
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.#builtIn, ...this.#others.map(({ provider }) => provider)].map((provider) => provider.close()));
  }

  #build(vendor: Vendor, proxies = this.#proxies): OpenAiCompatibleProvider {
    return new OpenAiCompatibleProvider(vendor, proxies, this.log);
  }

  /** The file is silent about it; a proxy elsewhere could not reach it. */
  #ollama(): OpenAiCompatibleProvider[] {
    const url = this.#ollamaUrl;
    return url === undefined ? [] : [this.#other(OLLAMA, () => this.#build(ollamaVendor(url), {}))];
  }

  /** What is written the same as before is the same object as before, with its connections and what it learned. */
  #other(identity: string, build: () => OpenAiCompatibleProvider): OpenAiCompatibleProvider {
    const known = this.#others.find((other) => other.identity === identity && !other.provider.retired);
    if (known) return known.provider;
    const provider = build();
    this.#others.push({ identity, provider });
    return provider;
  }
}

function isOwnAddress(url: string, server: ServerSettings): boolean {
  try {
    refuseOwnAddress('', url, server);
    return false;
  } catch (error) {
    if (error instanceof ConfigurationError) return true;
    throw error;
  }
}

/** @throws ConfigurationError for what is no address of a proxy; an empty one is none */
function checkProxy(variable: string, url: string | undefined): string | undefined {
  if (url === undefined || url === '' || /^(https?|socks5?):$/.test(URL.parse(url)?.protocol ?? '')) return url;
  throw new ConfigurationError(`${variable}: must be a URL such as http://proxy.example:3128`);
}
