import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOneOf, readString } from './read-value.js';
import { isAbsent } from '../value-reader.js';
import { type CompletionRequest, type FunctionTool, type ToolChoice } from '../../kernel/completion-request.js';

/** Reads `tool_choice`, and gives the tools that it leaves (`allowed_tools` names some of them). @throws GatewayError */
export function decodeToolChoice(value: unknown, tools: readonly FunctionTool[]): Pick<CompletionRequest, 'tools' | 'toolChoice'> {
  if (isAbsent(value)) return { tools, toolChoice: 'auto' };
  if (typeof value === 'string') {
    const toolChoice = readOneOf(value, 'tool_choice', ['none', 'auto', 'required']);
    if (toolChoice === 'required') needTools(tools);
    return { tools, toolChoice };
  }
  if (typeof value !== 'object') throw parameterError.wrongType('tool_choice', 'a string or an object', value);
  const choice = readObject(value, 'tool_choice');
  const type = readOneOf(choice['type'], 'tool_choice.type', ['function', 'custom', 'allowed_tools']);
  needTools(tools);
  if (type === 'allowed_tools') return decodeAllowedTools(choice[type], tools);
  return { tools, toolChoice: { name: readKnownName(choice[type], `tool_choice.${type}`, tools) } };
}

function needTools(tools: readonly FunctionTool[]): void {
  if (tools.length === 0) throw parameterError.invalid('tool_choice', "'tool_choice' is only allowed when 'tools' are specified.");
}

function decodeAllowedTools(value: unknown, tools: readonly FunctionTool[]): { tools: readonly FunctionTool[]; toolChoice: ToolChoice } {
  const path = 'tool_choice.allowed_tools';
  const allowed = readObject(value, path);
  const toolChoice = readOneOf(allowed['mode'], `${path}.mode`, ['auto', 'required']);
  const names = readArray(allowed['tools'], `${path}.tools`).map((each, index) => {
    const tool = readObject(each, `${path}.tools[${index}]`);
    const type = readOneOf(tool['type'], `${path}.tools[${index}].type`, ['function', 'custom']);
    return readKnownName(tool[type], `${path}.tools[${index}].${type}`, tools);
  });
  if (names.length === 0) throw parameterError.invalid(`${path}.tools`, 'empty array. Expected an array with minimum length 1, but got an empty array instead.');
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice };
}

function readKnownName(value: unknown, path: string, tools: readonly FunctionTool[]): string {
  const name = readString(readObject(value, path)['name'], `${path}.name`);
  if (!tools.some((tool) => tool.name === name)) throw parameterError.invalid(`${path}.name`, "the tool is not among 'tools'.");
  return name;
}
