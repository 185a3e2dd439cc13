import { readBlocks, readObject, readOptionalString, readString, readTag } from './read-value.js';
import { requestError } from './request-error.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type Reasoning, type ToolCall } from '../../kernel/message.js';

/** An earlier answer, as far as it was read. */
export interface OpenAnswer {
  readonly role: 'assistant';
  reasoning?: Reasoning[];
  text: string;
  readonly toolCalls: ToolCall[];
}

/** Reads an earlier answer: what was thought, its text and its calls. What Anthropic's own tools did within it has no place here and is left out. @throws GatewayError */
export function decodeAssistant(content: unknown, path: string): OpenAnswer {
  const answer: OpenAnswer = { role: 'assistant', text: '', toolCalls: [] };
  readBlocks(content, path).forEach((block, index) => {
    const at = `${path}.${index}`;
    const tag = readTag(block, at);
    switch (tag) {
      case 'text':
        answer.text += readString(block['text'], `${at}.text`);
        break;
      case 'thinking':
        (answer.reasoning ??= []).push(decodeThinking(block, at));
        break;
      case 'redacted_thinking':
        (answer.reasoning ??= []).push({ text: '', signature: readString(block['data'], `${at}.data`), redacted: true });
        break;
      case 'tool_use':
        answer.toolCalls.push(decodeToolUse(block, at));
        break;
      default:
        if (!isServerBlock(tag)) throw requestError.unknownTag(at, tag, ['text', 'thinking', 'redacted_thinking', 'tool_use']);
    }
  });
  return answer;
}

/** Two answers with nothing between them are one. */
export function extendAnswer(answer: OpenAnswer, { reasoning = [], text, toolCalls }: OpenAnswer): void {
  for (const each of reasoning) (answer.reasoning ??= []).push(each);
  answer.text += text;
  for (const call of toolCalls) answer.toolCalls.push(call);
}

/** What an answer of ours had no signature for comes back with an empty one. */
function decodeThinking(block: JsonObject, path: string): Reasoning {
  const text = readString(block['thinking'], `${path}.thinking`);
  const signature = readOptionalString(block['signature'], `${path}.signature`) ?? '';
  return { text, ...(signature === '' ? {} : { signature }) };
}

function decodeToolUse(block: JsonObject, path: string): ToolCall {
  const callId = readString(block['id'], `${path}.id`);
  const name = readString(block['name'], `${path}.name`);
  const input = isAbsent(block['input']) ? {} : readObject(block['input'], `${path}.input`);
  return { callId, name, json: JSON.stringify(input) };
}

/** What only Anthropic's servers make: their own tools' calls and results, and marks of where they changed the conversation. */
function isServerBlock(tag: string): boolean {
  return /^(server_tool_use|mcp_tool_use|mcp_tool_listing|container_upload|compaction|fallback|\w+_tool_result)$/.test(tag);
}
