import { fieldsOf } from '../kernel/read-value.js';

/** What an agent can do beside the protocol's minimum, by its own word at `initialize`. */
export interface AgentCapabilities {
  readonly loadSession: boolean;
  readonly closeSession: boolean;
  /** How it takes a system prompt: in place of its own, or only behind its own; undefined: not at all. A draft of the protocol. */
  readonly systemPrompt: 'override' | 'append' | undefined;
  readonly images: boolean;
  readonly audio: boolean;
  readonly embeddedContext: boolean;
  /** Whether it connects to MCP servers over HTTP. */
  readonly mcpHttp: boolean;
}

/** @param raw the result of `initialize` */
export function readCapabilities(raw: unknown): AgentCapabilities {
  const agent = fieldsOf(fieldsOf(raw)['agentCapabilities']);
  const prompt = fieldsOf(agent['promptCapabilities']);
  const session = fieldsOf(agent['sessionCapabilities']);
  return {
    loadSession: agent['loadSession'] === true,
    closeSession: isThere(session['close']),
    systemPrompt: systemPromptMode(session['systemPrompt']),
    images: prompt['image'] === true,
    audio: prompt['audio'] === true,
    embeddedContext: prompt['embeddedContext'] === true,
    mcpHttp: fieldsOf(agent['mcpCapabilities'])['http'] === true,
  };
}

/** A capability is an object, empty mostly. */
function isThere(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function systemPromptMode(capability: unknown): 'override' | 'append' | undefined {
  if (!isThere(capability)) return undefined;
  return isThere(fieldsOf(fieldsOf(capability)['mode'])['override']) ? 'override' : 'append';
}
