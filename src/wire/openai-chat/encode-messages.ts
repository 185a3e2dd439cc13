import { parameterError } from './parameter-error.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type ContentPart, type Message, type ToolCall } from '../../kernel/message.js';

/** Writes the system texts, then the turns. @throws GatewayError `unsupported_parameter` that names an audio part */
export function encodeMessages({ system, messages }: Pick<CompletionRequest, 'system' | 'messages'>): readonly object[] {
  return [...system.map((content) => ({ role: 'system', content })), ...messages.map(encodeMessage)];
}

function encodeMessage(message: Message): object {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: encodeContent(message.content) };
    case 'tool':
      return { role: 'tool', tool_call_id: message.callId, content: encodeContent(message.content) };
    case 'assistant':
      return {
        role: 'assistant',
        content: message.text === '' && message.toolCalls.length > 0 ? null : message.text,
        ...(message.toolCalls.length === 0 ? {} : { tool_calls: message.toolCalls.map(encodeToolCall) }),
      };
  }
}

/** A lone text as a string: some servers take nothing else. */
function encodeContent(content: readonly ContentPart[]): unknown {
  const [only] = content;
  return content.length === 1 && only?.type === 'text' ? only.text : content.map(encodePart);
}

function encodePart(part: ContentPart): object {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text };
    case 'image':
      return { type: 'image_url', image_url: { url: dataUrl(part) } };
    case 'image-url':
      return { type: 'image_url', image_url: { url: part.url } };
    case 'file':
      return { type: 'file', file: { filename: part.filename ?? 'file', file_data: dataUrl(part) } };
    case 'audio':
      throw parameterError.unsupported(part.param, 'Audio cannot be passed on here.');
  }
}

function dataUrl({ mediaType, data }: { readonly mediaType: string; readonly data: string }): string {
  return `data:${mediaType};base64,${data}`;
}

function encodeToolCall({ callId, name, json }: ToolCall): object {
  return { id: callId, type: 'function', function: { name, arguments: json } };
}
