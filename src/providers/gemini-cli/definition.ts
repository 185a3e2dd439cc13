import { GeminiCliProvider } from './gemini-cli.provider.js';
import { GeminiCliSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const geminiCli: ProviderDefinition = { settings: [GeminiCliSettings], provider: GeminiCliProvider };
