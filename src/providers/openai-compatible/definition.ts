import { OpenAiCompatibleFamily } from './openai-compatible.family.js';
import { CerebrasSettings, OllamaSettings, OpenAiSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const openAiCompatible: ProviderDefinition = { settings: [OpenAiSettings, CerebrasSettings, OllamaSettings], family: OpenAiCompatibleFamily };
