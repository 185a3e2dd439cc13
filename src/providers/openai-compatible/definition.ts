import { OpenAiProvider } from './openai.provider.js';
import { OpenAiSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const openai: ProviderDefinition = { settings: [OpenAiSettings], provider: OpenAiProvider };
