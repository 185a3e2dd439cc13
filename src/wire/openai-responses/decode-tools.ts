import { flatName, type ToolTable } from './tool-table.js';
import { customFunction } from '../custom-tools/custom-function.js';
import { parameterError } from '../openai-chat/parameter-error.js';
import { readArray, readObject, readOptionalBoolean, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

/**
 * Reads `tools`. A `custom` tool, which takes free text, is offered as a function with one string; those of a `namespace` by one name each. Tools that the vendor
 * runs itself nobody here has.
 *
 * @returns the types of the tools that were left out
 * @throws GatewayError that names what is wrong
 */
export function decodeTools(value: unknown, path: string, table: ToolTable): readonly string[] {
  if (isAbsent(value)) return [];
  return readArray(value, path).flatMap((each, index) => decodeTool(readObject(each, `${path}[${index}]`), `${path}[${index}]`, table));
}

function decodeTool(tool: JsonObject, path: string, table: ToolTable): readonly string[] {
  const type = readString(tool['type'], `${path}.type`);
  switch (type) {
    case 'function':
      table.add(decodeFunction(tool, path), { kind: 'function' });
      return [];
    case 'custom':
      table.add(decodeCustom(tool, path), { kind: 'custom' });
      return [];
    case 'namespace':
      return decodeNamespace(tool, path, table);
    default:
      return [type];
  }
}

function decodeNamespace(tool: JsonObject, path: string, table: ToolTable): readonly string[] {
  const namespace = readString(tool['name'], `${path}.name`);
  return readArray(tool['tools'], `${path}.tools`).flatMap((each, index) => {
    const at = `${path}.tools[${index}]`;
    const inner = readObject(each, at);
    const type = readString(inner['type'], `${at}.type`);
    if (type !== 'function' && type !== 'custom') return [type];
    const decoded = type === 'function' ? decodeFunction(inner, at) : decodeCustom(inner, at);
    table.add({ ...decoded, name: checkName(flatName(namespace, decoded.name), at) }, { kind: type, name: decoded.name, namespace });
    return [];
  });
}

function decodeFunction(tool: JsonObject, path: string): FunctionTool {
  const description = readOptionalString(tool['description'], `${path}.description`);
  const strict = readOptionalBoolean(tool['strict'], `${path}.strict`);
  return {
    name: checkName(readString(tool['name'], `${path}.name`), path),
    ...(description === undefined ? {} : { description }),
    ...(isAbsent(tool['parameters']) ? {} : { parameters: readObject(tool['parameters'], `${path}.parameters`) }),
    ...(strict === undefined ? {} : { strict }),
  };
}

function decodeCustom(tool: JsonObject, path: string): FunctionTool {
  const decoded = customFunction(tool, path);
  checkName(decoded.name, path);
  return decoded;
}

function checkName(name: string, path: string): string {
  if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name)) {
    throw parameterError.invalid(`${path}.name`, "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.");
  }
  return name;
}
