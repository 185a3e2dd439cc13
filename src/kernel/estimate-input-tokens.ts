import { type CompletionRequest } from './completion-request.js';
import { type ContentPart, type Message } from './message.js';
import { estimateTokens } from './usage.js';

/** What an image or a page costs with most vendors, about. */
const TOKENS_PER_MEDIUM = 1600;

/** A guess at the tokens of a request, without asking anyone: four characters a token, and a fixed figure for what is no text. */
export function estimateInputTokens({ system, messages, tools, responseFormat }: CompletionRequest): number {
  const schema = responseFormat.type === 'json-schema' ? JSON.stringify(responseFormat.schema).length : 0;
  const offered = tools.reduce((sum, tool) => sum + JSON.stringify(tool).length, 0);
  const said = system.reduce((sum, text) => sum + text.length, 0) + messages.reduce((sum, message) => sum + charactersOf(message), 0);
  const media = messages.flatMap((message) => (message.role === 'assistant' ? [] : message.content)).filter(({ type }) => type !== 'text').length;
  return estimateTokens(said + offered + schema) + media * TOKENS_PER_MEDIUM;
}

function charactersOf(message: Message): number {
  if (message.role !== 'assistant') return message.content.reduce((sum, part) => sum + textOf(part).length, 0);
  const thought = (message.reasoning ?? []).reduce((sum, { text }) => sum + text.length, 0);
  return thought + message.text.length + message.toolCalls.reduce((sum, { name, json }) => sum + name.length + json.length, 0);
}

function textOf(part: ContentPart): string {
  return part.type === 'text' ? part.text : '';
}
