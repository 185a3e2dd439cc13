import { ClaudeCodeProvider } from './claude-code.provider.js';
import { ClaudeCodeSettings } from './settings.js';
import { type ProviderDefinition } from '../provider.js';

export const claudeCode: ProviderDefinition = { settings: [ClaudeCodeSettings], provider: ClaudeCodeProvider };
