import { type ContentBlock } from '@agentclientprotocol/sdk';
import { type OpenAgent, openSession } from './agent-processes.js';
import { encodePrompt, type PromptScript, systemBlock } from './encode-prompt.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ToolBridge } from '../../tool-bridge/tool-bridge.js';
import { type ToolSession } from '../../tool-bridge/tool-session.js';

/** The client's functions are tools of this server. */
const SERVER = 'client';

interface Surroundings {
  /** Names the agent in errors. */
  readonly label: string;
  readonly bridge: ToolBridge;
  readonly signal: AbortSignal;
}

/**
 * Makes a new session the request's: its system texts and its functions.
 *
 * @returns what to prompt it with
 * @throws GatewayError for what the agent cannot take; AcpError
 */
export async function introduce(agent: OpenAgent, request: CompletionRequest, script: PromptScript, { label, bridge, signal }: Surroundings): Promise<readonly ContentBlock[]> {
  const { child, connection } = agent;
  const { images, systemPrompt } = connection.capabilities;
  const { system, history, turn } = script;
  if (!images) encodePrompt(request, { label, images });
  const tools = script.tools.length === 0 ? undefined : await offer(agent, script.tools, label, bridge);
  if (tools || (system !== undefined && systemPrompt !== undefined)) {
    const unused = agent.session.id;
    agent.session = await openSession(connection, { cwd: child.folder.work, ...(system === undefined ? {} : { systemPrompt: system }), tools, signal });
    connection.closeSession(unused).catch(() => undefined); // ends with its process anyway
  }
  return [...(system !== undefined && systemPrompt === undefined ? [systemBlock(system)] : []), ...history, ...turn];
}

/** For as long as the process lives. */
async function offer(agent: OpenAgent, offered: readonly FunctionTool[], label: string, bridge: ToolBridge): Promise<ToolSession> {
  if (!agent.connection.capabilities.mcpHttp) throw new GatewayError('unsupported_parameter', `${label} does not support "tools".`, { param: 'tools' });
  const tools = await bridge.open(SERVER, offered);
  void agent.child.exited.then(() => {
    tools.close();
  });
  agent.tools = tools;
  return tools;
}
