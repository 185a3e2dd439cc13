import { decodePart } from './decode-content.js';
import { readBlocks, readOptionalBoolean, readString } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

/** Reads a `tool_result` block at `path`. @throws GatewayError */
export function decodeToolResult(block: JsonObject, path: string): Extract<Message, { role: 'tool' }> {
  const callId = readString(block['tool_use_id'], `${path}.tool_use_id`);
  const isError = readOptionalBoolean(block['is_error'], `${path}.is_error`);
  return { role: 'tool', callId, content: contentOf(block['content'], `${path}.content`), ...(isError === true ? { isError } : {}) };
}

/** A tool that has nothing to say has said that. */
function contentOf(value: unknown, path: string): readonly ContentPart[] {
  const parts = isAbsent(value) ? [] : readBlocks(value, path).flatMap((part, index) => decodePart(part, `${path}.${index}`));
  return parts.length === 0 ? [{ type: 'text', text: '' }] : parts;
}
