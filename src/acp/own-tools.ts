import { type RequestPermissionRequest, type RequestPermissionResponse } from '@agentclientprotocol/sdk';
import { refusePermission } from './refuse-permission.js';
import { textOf } from '../kernel/read-value.js';

/** A server of ours and what it offers. */
interface Server {
  readonly name: string;
  readonly tools: readonly { readonly name: string }[];
}

/** What an agent says of a call of a tool. */
interface Announced {
  readonly title?: unknown;
  readonly kind?: unknown;
}

/** How agents call a tool of a server, each in its own way. */
const styles: readonly ((server: string, tool: string) => string)[] = [
  (server, tool) => `mcp__${server}__${tool}`,
  (server, tool) => `mcp_${server}_${tool}`,
  (server, tool) => `mcp.${server}.${tool}`,
  (server, tool) => `${server}__${tool}`,
  (server, tool) => `${server}_${tool}`,
  (server, tool) => `${server}.${tool}`,
  (server, tool) => `${server}/${tool}`,
  (server, tool) => `${tool} (${server} MCP Server)`,
];

/** Whether a call is of one of our server's tools: by its whole title, since a part of it may be a model's words, and only where the agent does not say what it does. */
export function isOwnTool({ name, tools }: Server, { title, kind }: Announced): boolean {
  const said = textOf(title);
  if (said === undefined || !(kind === undefined || kind === null || kind === 'other')) return false;
  return tools.some((tool) => styles.some((style) => style(name, tool.name) === said));
}

/** The answer to an agent that asks whether it may call a tool of ours: yes, this once, where it offers that. */
export function allowOnce(request: Pick<RequestPermissionRequest, 'options'>): RequestPermissionResponse {
  const allowed = request.options.find(({ kind }) => kind === 'allow_once');
  return allowed ? { outcome: { outcome: 'selected', optionId: allowed.optionId } } : refusePermission(request);
}
