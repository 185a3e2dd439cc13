import { type AnswerBlock } from '../../kernel/completion.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { MAX_JSON_DEPTH, nestsDeeper } from '../../kernel/json-depth.js';
import { type Reasoning, type ToolCall } from '../../kernel/message.js';

/** A block of an answer. */
export type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string; readonly citations: null }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | { readonly type: 'redacted_thinking'; readonly data: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown; readonly caller: { readonly type: 'direct' } };

/**
 * Writes a block of a whole answer; undefined for one that says nothing, which Anthropic does not know.
 *
 * @param cut whether the answer was cut, perhaps in the midst of this block
 * @throws GatewayError
 */
export function encodeBlock(block: AnswerBlock, cut: boolean): AnthropicBlock | undefined {
  switch (block.type) {
    case 'text':
      return block.text === '' ? undefined : textBlock(block.text);
    case 'reasoning':
      return reasoningBlock(block);
    case 'tool-call':
      return { ...toolUseBlock(block), input: parseInput(block, cut) };
  }
}

export function textBlock(text: string): Extract<AnthropicBlock, { type: 'text' }> {
  return { type: 'text', text, citations: null };
}

export function reasoningBlock({ text, signature = '', redacted }: Reasoning): AnthropicBlock | undefined {
  if (redacted && text === '') return signature === '' ? undefined : { type: 'redacted_thinking', data: signature };
  return text === '' && signature === '' ? undefined : { type: 'thinking', thinking: text, signature };
}

/** A call before its input is known. */
export function toolUseBlock({ callId, name }: Pick<ToolCall, 'callId' | 'name'>): Extract<AnthropicBlock, { type: 'tool_use' }> {
  return { type: 'tool_use', id: callId, name, input: {}, caller: { type: 'direct' } };
}

function parseInput({ name, json }: ToolCall, cut: boolean): unknown {
  if (json.trim() === '') return {};
  const input = objectIn(json);
  if (input) return input;
  if (cut) return {};
  throw new GatewayError('upstream_error', `The model called the function "${name.slice(0, 128)}" with an input that is no JSON object.`, { shouldRetry: false, ofModel: true });
}

function objectIn(json: string): object | undefined {
  if (nestsDeeper(Buffer.from(json), MAX_JSON_DEPTH)) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
