import { CodexCliProvider } from './codex-cli.provider.js';
import { CodexCliSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const codexCli: ProviderDefinition = { settings: [CodexCliSettings], provider: CodexCliProvider };
