import { readEffort } from './decode-effort.js';
import { decodeText } from './decode-texts.js';
import { decodeTool } from './decode-tool.js';
import { readBlocks, readObject, readString, readTag } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type FunctionTool, type ReasoningEffort } from '../../kernel/completion-request.js';

/** From here on a tool is offered, or it is not any more. */
export interface ToolChange {
  readonly offered: boolean;
  readonly name: string;
  /** What it is, where it was not offered before. */
  readonly tool?: FunctionTool;
}

/** What a message of the role `system` says in the midst of a conversation. */
export interface SystemMessage {
  readonly texts: readonly string[];
  readonly toolChanges: readonly ToolChange[];
  readonly effort: ReasoningEffort | undefined;
  /** Only for the turn that it stands in. */
  readonly fleeting: boolean;
}

/** Reads a message of the role `system` at `path`. @throws GatewayError */
export function decodeSystemMessage(message: JsonObject, path: string): SystemMessage {
  const texts: string[] = [];
  const toolChanges: ToolChange[] = [];
  const blocks = isAbsent(message['content']) ? [] : readBlocks(message['content'], `${path}.content`);
  blocks.forEach((block, index) => {
    const at = `${path}.content.${index}`;
    const tag = readTag(block, at);
    if (tag === 'tool_addition' || tag === 'tool_removal') toolChanges.push(...decodeChange(block, tag === 'tool_addition', at));
    else texts.push(decodeText(block, at));
  });
  const config = isAbsent(message['output_config']) ? {} : readObject(message['output_config'], `${path}.output_config`);
  return {
    texts: texts.filter((text) => text !== ''),
    toolChanges,
    effort: readEffort(config['effort'], `${path}.output_config.effort`),
    fleeting: message['clear_at'] === 'next_user_message',
  };
}

/** Tools of a server of Anthropic's choosing are none of the client's. */
function decodeChange(block: JsonObject, offered: boolean, path: string): readonly ToolChange[] {
  const change = readObject(block['tool'], `${path}.tool`);
  const tag = readTag(change, `${path}.tool`);
  if (tag === 'tool_reference') return [{ offered, name: readString(change['name'], `${path}.tool.name`) }];
  if (tag !== 'tool_definition' || !offered) return [];
  const tool = decodeTool(change['definition'], `${path}.tool.definition`);
  return typeof tool === 'string' ? [] : [{ offered, name: tool.name, tool }];
}
