import { type AnthropicBlock, encodeBlock } from './encode-block.js';
import { type AnthropicUsage, encodeUsage } from './encode-usage.js';
import { type AnthropicEnding, encodeEnding } from './stop-reason.js';
import { type Completion } from '../../kernel/completion.js';
import { type PromptTokens } from '../../kernel/usage.js';

/** What an answer is called. */
export interface MessageHead {
  /** `msg_…`. */
  readonly id: string;
  /** The name that the client asked for. */
  readonly model: string;
}

/** Anthropic's `message` object. */
export interface AnthropicMessage extends MessageHead {
  readonly type: 'message';
  readonly role: 'assistant';
  readonly content: AnthropicBlock[];
  readonly stop_reason: AnthropicEnding['stop_reason'] | null;
  readonly stop_sequence: string | null;
  readonly stop_details: AnthropicEnding['stop_details'];
  readonly container: null;
  readonly diagnostics: null;
  readonly usage: AnthropicUsage;
}

/** Writes a whole answer. @throws GatewayError `upstream_error` where the model's words cannot be written so */
export function encodeMessage(completion: Completion, head: MessageHead): AnthropicMessage {
  const cut = completion.reason === 'length' || completion.reason === 'content-filter';
  const content = completion.blocks.flatMap((block) => encodeBlock(block, cut) ?? []);
  return { ...emptyMessage(head), content, ...encodeEnding(completion), usage: encodeUsage(completion.usage) };
}

/** A message of which nothing was said yet. */
export function emptyMessage({ id, model }: MessageHead, prompt: PromptTokens = { inputTokens: 0 }): AnthropicMessage {
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: encodeUsage({ ...prompt, outputTokens: 0 }),
  };
}
