import { imageUrl } from './image-url.js';
import { type ToolCallResult } from './protocol.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

/** A result as the Responses API has it, for a thread that is told of the call: https://platform.openai.com/docs/guides/function-calling */
export type ToolOutput = string | readonly ({ readonly type: 'input_text'; readonly text: string } | { readonly type: 'input_image'; readonly image_url: string })[];

/** The result of each call, for a CLI that waits for them; undefined where the messages are anything else than those. @throws GatewayError for what the CLI cannot take */
export function resultsOf(callIds: readonly string[], messages: readonly Message[]): ReadonlyMap<string, ToolCallResult> | undefined {
  const results = new Map<string, ToolCallResult>();
  for (const message of messages) {
    if (message.role !== 'tool') return undefined;
    results.set(message.callId, { contentItems: message.content.map(itemOf), success: message.isError !== true });
  }
  return results.size === callIds.length && callIds.every((id) => results.has(id)) ? results : undefined;
}

/** @throws GatewayError for what the CLI cannot take */
export function encodeOutput(content: readonly ContentPart[]): ToolOutput {
  const items = content.map(itemOf);
  const texts = items.flatMap((item) => (item.type === 'inputText' ? [item.text] : []));
  if (texts.length === items.length) return texts.join('\n');
  return items.map((item) => (item.type === 'inputText' ? { type: 'input_text', text: item.text } : { type: 'input_image', image_url: item.imageUrl }));
}

function itemOf(part: ContentPart): ToolCallResult['contentItems'][number] {
  return part.type === 'text' ? { type: 'inputText', text: part.text } : { type: 'inputImage', imageUrl: imageUrl(part) };
}
