import { type CompletionRequest } from './completion-request.js';
import { type ContentPart, type Message } from './message.js';
import { estimateTokens } from './usage.js';

/** What an image or a page costs with most vendors, about. */
const TOKENS_PER_MEDIUM = 1600;
const CHARACTERS_PER_TOKEN = 4;

/** A guess at the tokens of a request, without asking anyone: four characters a token, and a fixed figure for what is no text. */
export function estimateInputTokens(request: CompletionRequest): number {
  return estimateTokens(sizeOf(request, (text) => text.length)) + mediaOf(request) * TOKENS_PER_MEDIUM;
}

/** How long a request is, in bytes of its texts; what is no text counts as the text that costs as much. */
export function inputBytes(request: CompletionRequest): number {
  return sizeOf(request, (text) => Buffer.byteLength(text)) + mediaOf(request) * TOKENS_PER_MEDIUM * CHARACTERS_PER_TOKEN;
}

type Measure = (text: string) => number;

function sizeOf({ system, messages, tools, responseFormat }: CompletionRequest, measure: Measure): number {
  const schema = responseFormat.type === 'json-schema' ? measure(JSON.stringify(responseFormat.schema)) : 0;
  const offered = tools.reduce((sum, tool) => sum + measure(JSON.stringify(tool)), 0);
  const said = system.reduce((sum, text) => sum + measure(text), 0) + messages.reduce((sum, message) => sum + sizeOfMessage(message, measure), 0);
  return said + offered + schema;
}

function mediaOf({ messages }: CompletionRequest): number {
  return messages.flatMap((message) => (message.role === 'assistant' ? [] : message.content)).filter(({ type }) => type !== 'text').length;
}

function sizeOfMessage(message: Message, measure: Measure): number {
  if (message.role !== 'assistant') return message.content.reduce((sum, part) => sum + measure(textOf(part)), 0);
  const thought = (message.reasoning ?? []).reduce((sum, { text }) => sum + measure(text), 0);
  return thought + measure(message.text) + message.toolCalls.reduce((sum, { name, json }) => sum + measure(name) + measure(json), 0);
}

function textOf(part: ContentPart): string {
  return part.type === 'text' ? part.text : '';
}
