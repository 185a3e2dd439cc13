import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOptionalBoolean, readOptionalString, readString } from './read-value.js';
import { customFunction } from '../custom-tools/custom-function.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

/** Reads `tools`. A `custom` tool, which takes free text, is offered as a function with one string. @throws GatewayError */
export function decodeTools(value: unknown): readonly FunctionTool[] {
  if (isAbsent(value)) return [];
  return readArray(value, 'tools').map((tool, index) => decodeTool(tool, `tools[${index}]`));
}

/** The names of the tools of a body that take free text. */
export function customToolsOf({ tools }: JsonObject): ReadonlySet<string> {
  const given = Array.isArray(tools) ? (tools as readonly ({ readonly type?: unknown; readonly custom?: { readonly name?: unknown } | null } | null)[]) : [];
  return new Set(given.flatMap((tool) => (tool?.type === 'custom' && typeof tool.custom?.name === 'string' ? tool.custom.name : [])));
}

function decodeTool(value: unknown, path: string): FunctionTool {
  const tool = readObject(value, path);
  const type = readString(tool['type'], `${path}.type`);
  if (type === 'function') return decodeFunction(readObject(tool['function'], `${path}.function`), `${path}.function`);
  if (type === 'custom') return decodeCustom(readObject(tool['custom'], `${path}.custom`), `${path}.custom`);
  throw parameterError.notOneOf(`${path}.type`, type, ['function', 'custom']);
}

function decodeFunction(tool: JsonObject, path: string): FunctionTool {
  const description = readOptionalString(tool['description'], `${path}.description`);
  const parameters = isAbsent(tool['parameters']) ? undefined : readObject(tool['parameters'], `${path}.parameters`);
  const strict = readOptionalBoolean(tool['strict'], `${path}.strict`);
  return {
    name: readToolName(tool['name'], `${path}.name`),
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(strict === undefined ? {} : { strict }),
  };
}

function decodeCustom(tool: JsonObject, path: string): FunctionTool {
  const decoded = customFunction(tool, path);
  readToolName(decoded.name, `${path}.name`);
  return decoded;
}

function readToolName(value: unknown, param: string): string {
  const name = readString(value, param);
  if (!NAME.test(name)) throw parameterError.invalid(param, "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]{1,64}$'.");
  return name;
}

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
