import { type ToolTable } from './tool-table.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readArray, readObject, readOneOf, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';

/** Reads `tool_choice`, and gives the tools that it leaves. A choice of a tool that nobody here has is left to the model. @throws GatewayError */
export function decodeToolChoice(value: unknown, table: ToolTable): Pick<CompletionRequest, 'tools' | 'toolChoice'> {
  const tools = table.offered;
  if (isAbsent(value)) return { tools, toolChoice: 'auto' };
  if (typeof value === 'string') {
    const choice = readOneOf(value, 'tool_choice', ['none', 'auto', 'required']);
    return { tools, toolChoice: choice === 'required' && tools.length === 0 ? 'auto' : choice };
  }
  const choice = readObject(value, 'tool_choice');
  const type = readString(choice['type'], 'tool_choice.type');
  if (type === 'allowed_tools') return decodeAllowed(choice, table);
  return { tools, toolChoice: type === 'function' || type === 'custom' ? { name: knownName(choice, 'tool_choice', table) } : 'auto' };
}

function decodeAllowed(choice: JsonObject, table: ToolTable): Pick<CompletionRequest, 'tools' | 'toolChoice'> {
  const mode = readOneOf(choice['mode'], 'tool_choice.mode', ['auto', 'required'] as const);
  const named = readArray(choice['tools'], 'tool_choice.tools').flatMap((each, index) => {
    const at = `tool_choice.tools[${index}]`;
    const tool = readObject(each, at);
    return tool['type'] === 'function' || tool['type'] === 'custom' ? [knownName(tool, at, table)] : [];
  });
  const names = new Set(named);
  const tools = table.offered.filter(({ name }) => names.has(name));
  return { tools, toolChoice: tools.length === 0 ? 'auto' : mode };
}

function knownName(choice: JsonObject, path: string, table: ToolTable): string {
  const name = table.offeredAs(readString(choice['name'], `${path}.name`), readOptionalString(choice['namespace'], `${path}.namespace`));
  if (!table.has(name)) throw parameterError.invalid(`${path}.name`, "the tool is not among 'tools'.");
  return name;
}
