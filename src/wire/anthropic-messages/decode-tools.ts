import { type ToolChange } from './decode-system-message.js';
import { decodeTool } from './decode-tool.js';
import { readArray } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent } from '../value-reader.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

/** The client's own tools, and the types of those that only Anthropic's servers or models know. */
export interface Tools {
  readonly offered: readonly FunctionTool[];
  readonly dropped: readonly string[];
}

/** Reads `tools`, and what became of them in the course of the conversation. @throws GatewayError */
export function decodeTools(value: unknown, changes: readonly ToolChange[]): Tools {
  const tools = isAbsent(value) ? [] : readArray(value, 'tools').map((tool, index) => decodeTool(tool, `tools.${index}`));
  const known = new Map<string, FunctionTool>();
  for (const [index, tool] of tools.entries()) {
    if (typeof tool === 'string') continue;
    if (known.has(tool.name)) throw requestError.invalid(`tools.${index}.name`, 'Tool names must be unique.');
    known.set(tool.name, tool);
  }
  const offered = new Map(known);
  for (const change of changes) {
    if (change.tool) known.set(change.name, change.tool);
    const tool = known.get(change.name);
    if (change.offered && tool) offered.set(change.name, tool);
    else offered.delete(change.name);
  }
  return { offered: [...offered.values()], dropped: [...new Set(tools.filter((tool) => typeof tool === 'string'))] };
}
