import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message, type Reasoning, type ToolCall } from '../../kernel/message.js';
import { checkPicture } from '../check-picture.js';

/** A content block of Anthropic's Messages API. */
export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image' | 'document'; readonly source: { readonly type: 'base64'; readonly media_type: string; readonly data: string }; readonly title?: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: object }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: readonly Block[]; readonly is_error?: true }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string };

/** The blocks of one message. The API takes no empty text: blank texts are joined to the text before them, or left out. */
export function encodeContent(message: Message): readonly Block[] {
  switch (message.role) {
    case 'user':
      return encodeParts(message.content);
    case 'tool':
      return [{ type: 'tool_result', tool_use_id: message.callId, content: encodeParts(message.content), ...(message.isError ? { is_error: true } : {}) }];
    case 'assistant':
      return [...(message.reasoning ?? []).flatMap(encodeReasoning), ...encodeParts([{ type: 'text', text: message.text }]), ...message.toolCalls.map(encodeToolCall)];
  }
}

function encodeParts(parts: readonly ContentPart[]): Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    const block = encodePart(part);
    const last = blocks.at(-1);
    if (block.type !== 'text' || block.text.trim() !== '') blocks.push(block);
    else if (last?.type === 'text') blocks[blocks.length - 1] = { type: 'text', text: last.text + block.text };
  }
  return blocks;
}

function encodePart(part: ContentPart): Block {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: wellFormed(part.text) };
    case 'image':
      return encodePicture(part);
    case 'file':
      if (part.mediaType === 'application/pdf') {
        return { type: 'document', source: { type: 'base64', media_type: part.mediaType, data: part.data }, ...(part.filename === undefined ? {} : { title: part.filename }) };
      }
      throw unsupported('Claude Code takes PDF files only.', part.param);
    case 'image-url':
      throw unsupported('Claude Code takes images as data: URLs only.', part.param);
    case 'audio':
      throw unsupported('Claude Code takes no audio.', part.param);
  }
}

/** Half a surrogate pair is no Unicode: it becomes U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function encodePicture(part: Extract<ContentPart, { type: 'image' }>): Block {
  checkPicture('Claude Code', part);
  return { type: 'image', source: { type: 'base64', media_type: part.mediaType, data: part.data } };
}

/** The API takes reasoning back only as its own. */
function encodeReasoning({ text, signature, redacted }: Reasoning): Block[] {
  if (signature === undefined) return [];
  return [redacted ? { type: 'redacted_thinking', data: signature } : { type: 'thinking', thinking: wellFormed(text), signature }];
}

function encodeToolCall({ callId, name, json }: ToolCall): Block {
  return { type: 'tool_use', id: callId, name, input: argumentsOf(json) };
}

/** The API wants an object; what the model once wrote need not be one. */
function argumentsOf(json: string): object {
  try {
    const value: unknown = JSON.parse(json === '' ? '{}' : json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Kept as text, below.
  }
  return { arguments: json };
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param });
}
