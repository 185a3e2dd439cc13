import { acpAgent } from './acp-agent/definition.js';
import { claudeCode } from './claude-code/definition.js';
import { codexCli } from './codex-cli/definition.js';
import { demo } from './demo/definition.js';
import { geminiCli } from './gemini-cli/definition.js';
import { openAiCompatible } from './openai-compatible/definition.js';
import { type ProviderDefinition } from './provider.js';

/** One line a provider; the order decides where two list the same model. */
export const registered: readonly ProviderDefinition[] = [claudeCode, geminiCli, codexCli, acpAgent, openAiCompatible, demo];
