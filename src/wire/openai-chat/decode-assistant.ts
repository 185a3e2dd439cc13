import { decodeTextParts } from './decode-text-parts.js';
import { parameterError } from './parameter-error.js';
import { readArray, readObject, readOneOf, readOptionalString, readString } from './read-value.js';
import { customArguments } from '../custom-tools/custom-function.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type Message, type ToolCall } from '../../kernel/message.js';

/** Reads an earlier answer: its text, a refusal included, and its function calls. @throws GatewayError */
export function decodeAssistant(sent: JsonObject, path: string): Extract<Message, { role: 'assistant' }> {
  const refusal = readOptionalString(sent['refusal'], `${path}.refusal`);
  const toolCalls = isAbsent(sent['tool_calls'])
    ? []
    : readArray(sent['tool_calls'], `${path}.tool_calls`).map((call, index) => decodeToolCall(call, `${path}.tool_calls[${index}]`));
  if (!isAbsent(sent['audio'])) throw parameterError.unsupported(`${path}.audio`, 'Earlier answers in audio cannot be taken up: send their transcript as content.');
  if (isAbsent(sent['content'])) {
    if (toolCalls.length === 0 && refusal === undefined) throw contentMissing(sent['content'], `${path}.content`);
    return { role: 'assistant', text: refusal ?? '', toolCalls };
  }
  return { role: 'assistant', text: decodeTextParts(sent['content'], `${path}.content`, ['text', 'refusal']).join(''), toolCalls };
}

function contentMissing(value: undefined | null, path: string): Error {
  return value === null ? parameterError.wrongType(path, 'a string or an array of content parts', value) : parameterError.missing(path);
}

function decodeToolCall(value: unknown, path: string): ToolCall {
  const call = readObject(value, path);
  const callId = readString(call['id'], `${path}.id`);
  const type = call['type'] === undefined ? 'function' : readOneOf(call['type'], `${path}.type`, ['function', 'custom']);
  const body = readObject(call[type], `${path}.${type}`);
  const name = readString(body['name'], `${path}.${type}.name`);
  if (type === 'function') return { callId, name, json: readString(body['arguments'], `${path}.function.arguments`) };
  return { callId, name, json: customArguments(readString(body['input'], `${path}.custom.input`)) };
}
