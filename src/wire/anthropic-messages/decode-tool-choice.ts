import { type Tools } from './decode-tools.js';
import { readObject, readOneOf, readOptionalBoolean, readString } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent } from '../value-reader.js';
import { type CompletionRequest, type ToolChoice } from '../../kernel/completion-request.js';

/** Reads `tool_choice`. One that can only mean a tool which was dropped is left to the model. @throws GatewayError */
export function decodeToolChoice(value: unknown, tools: Tools): Pick<CompletionRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (isAbsent(value)) return { toolChoice: 'auto', parallelToolCalls: true };
  const choice = readObject(value, 'tool_choice');
  const type = readOneOf(choice['type'], 'tool_choice.type', ['auto', 'any', 'tool', 'none']);
  const single = readOptionalBoolean(choice['disable_parallel_tool_use'], 'tool_choice.disable_parallel_tool_use') ?? false;
  return { toolChoice: type === 'tool' ? named(choice['name'], tools) : unnamed(type, tools), parallelToolCalls: !single };
}

function unnamed(type: 'auto' | 'any' | 'none', { offered, dropped }: Tools): ToolChoice {
  if (type !== 'any') return type;
  if (offered.length > 0) return 'required';
  if (dropped.length > 0) return 'auto';
  throw requestError.invalid('tool_choice', '"any" may only be specified while providing tools');
}

function named(value: unknown, { offered, dropped }: Tools): ToolChoice {
  const name = readString(value, 'tool_choice.name');
  if (offered.some((tool) => tool.name === name)) return { name };
  if (dropped.length > 0) return 'auto';
  throw requestError.invalid('tool_choice.name', 'The tool is not among the tools that were provided');
}
