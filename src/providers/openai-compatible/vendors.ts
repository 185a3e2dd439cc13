import { KEY, NO_KEY } from './checks.js';
import { type CerebrasSettings, type OpenAiSettings } from './settings.js';
import { type Vendor } from './vendor.js';
import { type Environment } from '../../config/environment.js';
import { type ServerEntry } from '../../config/file-settings.js';
import { ConfigurationError } from '../../config/settings.js';
import { type Capabilities } from '../../kernel/capabilities.js';

/** Everything passes; what a model cannot do, its vendor says itself. */
const everything: Capabilities = {
  streaming: 'native',
  system: 'native',
  tools: 'native',
  json_schema: 'native',
  images: 'native',
  files: 'native',
  reasoning: 'native',
  stop: 'native',
  max_tokens: 'native',
  usage: 'native',
  sessions: 'emulated',
};

/** Groq and Cerebras answer them with a 400 or 422, and agents send the first unasked: https://github.com/zed-industries/zed/issues/36215 */
const ownOfOpenAi = ['prompt_cache_key', 'prompt_cache_options', 'prompt_cache_retention', 'safety_identifier'];

export function openaiVendor({ apiKey, baseUrl, allowClientKey }: OpenAiSettings): Vendor {
  return {
    id: 'openai',
    label: 'OpenAI',
    baseUrl,
    key: apiKey,
    configured: apiKey !== undefined,
    clientKey: allowClientKey ? 'taken' : 'refused',
    defaultModel: 'gpt-4o',
    maxTokensName: 'max_completion_tokens',
    unknownParameters: [],
    capabilities: everything,
    advice: {
      unusable: 'The OpenAI provider has no API key. Set OPENAI_API_KEY, or send your own key as X-OpenAI-API-Key where the operator allows it.',
      refused: 'Check OPENAI_API_KEY.',
      unreachable: 'Check OPENAI_BASE_URL and the network.',
    },
  };
}

export function cerebrasVendor({ apiKey, baseUrl }: CerebrasSettings): Vendor {
  return {
    id: 'cerebras',
    label: 'Cerebras',
    baseUrl,
    key: apiKey,
    configured: apiKey !== undefined,
    clientKey: 'ignored',
    defaultModel: 'gpt-oss-120b',
    maxTokensName: 'max_completion_tokens',
    unknownParameters: ownOfOpenAi,
    // Its default model reads text alone.
    capabilities: { ...everything, images: 'none', files: 'none' },
    advice: {
      unusable: 'The Cerebras provider has no API key. Set CEREBRAS_API_KEY.',
      refused: 'Check CEREBRAS_API_KEY.',
      unreachable: 'Check CEREBRAS_BASE_URL and the network.',
    },
  };
}

/** A server of the configuration file. @throws ConfigurationError that names what is wrong with it */
export function serverVendor(name: string, { baseUrl, apiKeyEnv, defaultModel }: ServerEntry, environment: Environment): Vendor {
  const key = keyOf(name, apiKeyEnv, environment);
  return {
    id: name,
    label: `"${name}"`,
    baseUrl,
    key,
    configured: true,
    clientKey: 'ignored',
    defaultModel,
    maxTokensName: 'max_tokens',
    unknownParameters: ownOfOpenAi,
    capabilities: everything,
    advice: {
      unusable: `The provider "${name}" is no longer configured.`,
      refused: apiKeyEnv === undefined ? `Name the variable of its key as api_key_env of providers.${name}.` : `Check ${apiKeyEnv}.`,
      unreachable: `Check providers.${name}.base_url and whether the server runs.`,
    },
  };
}

function keyOf(name: string, variable: string | undefined, environment: Environment): string | undefined {
  const key = variable === undefined ? undefined : environment[variable]?.trim();
  if (key === undefined || key === '') return undefined;
  if (!KEY.test(key)) throw new ConfigurationError(`${variable ?? entryName(name)}: ${NO_KEY}`);
  return key;
}

/** An Ollama on this machine that nobody configured. */
export function ollamaVendor(baseUrl: string): Vendor {
  return {
    id: 'ollama',
    label: 'Ollama',
    baseUrl,
    key: undefined,
    configured: undefined,
    clientKey: 'ignored',
    defaultModel: undefined,
    maxTokensName: 'max_tokens',
    unknownParameters: ownOfOpenAi,
    capabilities: { ...everything, files: 'none' },
    advice: {
      unusable: 'No Ollama answers on this machine. Start it, or name a server as ollama under providers in shellm.config.yaml.',
      refused: 'Name it under providers in shellm.config.yaml, with its key.',
      unreachable: 'Start it, or check OLLAMA_HOST.',
    },
  };
}

/** How messages call an entry of the file. */
export function entryName(name: string): string {
  return `shellm.config.yaml: providers.${name.slice(0, 40)}`;
}
