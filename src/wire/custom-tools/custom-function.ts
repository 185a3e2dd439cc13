import { parameterError } from '../openai-chat/parameter-error.js';
import { readObject, readOneOf, readOptionalString, readString } from '../openai-chat/read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

/**
 * Reads a `custom` tool, which takes free text: what it is offered as, a function with one string. A grammar cannot be enforced: the model is told of it.
 *
 * @param tool what holds `name`, `description` and `format`
 * @throws GatewayError that names what is wrong
 */
export function customFunction(tool: JsonObject, path: string): FunctionTool {
  const told = [readOptionalString(tool['description'], `${path}.description`), grammarOf(tool['format'], `${path}.format`)].filter((text) => text !== undefined && text !== '');
  return {
    name: readString(tool['name'], `${path}.name`),
    ...(told.length === 0 ? {} : { description: told.join('\n\n') }),
    parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'], additionalProperties: false },
  };
}

/** The arguments of that function for a text. */
export function customArguments(input: string): string {
  return JSON.stringify({ input });
}

function grammarOf(value: unknown, path: string): string | undefined {
  if (isAbsent(value)) return undefined;
  const format = readObject(value, path);
  if (readOneOf(format['type'], `${path}.type`, ['text', 'grammar']) === 'text') return undefined;
  // Chat Completions wraps it.
  const at = isAbsent(format['grammar']) ? path : `${path}.grammar`;
  const { syntax, definition } = isAbsent(format['grammar']) ? format : readObject(format['grammar'], at);
  const text = readString(definition, `${at}.definition`);
  if (text === '') throw parameterError.invalid(`${at}.definition`, 'empty string.');
  return `The input must match this ${readOneOf(syntax, `${at}.syntax`, ['lark', 'regex'])} grammar:\n${text}`;
}
