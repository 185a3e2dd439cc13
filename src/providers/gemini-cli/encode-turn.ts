import { type ContentBlock } from '@agentclientprotocol/sdk';
import { NAME } from './launch.js';
import { neutral } from './neutral-text.js';
import { type HistoryPart, type HistoryTurn } from './session-file.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../../kernel/message.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** A turn for a session: what the session has to know, and what is then said. */
export interface TurnScript {
  readonly history: readonly HistoryTurn[];
  readonly prompt: readonly ContentBlock[];
  /** Of the prompt and the history: for a guess at the tokens. */
  readonly characters: number;
  /** The functions that are offered. */
  readonly tools: readonly FunctionTool[];
}

const pictures: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/heic', 'image/heif', 'image/gif']);

/** The whole conversation, for a session that knows nothing. @throws GatewayError for what the CLI cannot take */
export function encodeConversation(request: CompletionRequest): TurnScript {
  refuseUnsupported(NAME, request);
  const turns = answerable(turnsOf(request.messages));
  const system = [...request.system, toolInstruction(request) ?? ''].filter((text) => text.trim() !== '').join('\n\n');
  // Roles have no place for it: the process has one system prompt for all.
  if (system !== '') opening(turns).unshift({ text: `[System instructions]\n${system}\n[End of the system instructions]` });
  return { ...scriptOf(turns), tools: offeredTools(request) };
}

/** What follows the last answer, for the session that knows the rest. @throws GatewayError for what the CLI cannot take */
export function encodeNextTurn(request: CompletionRequest): TurnScript {
  refuseUnsupported(NAME, request);
  const last = request.messages.findLastIndex(({ role }) => role === 'assistant');
  return { ...scriptOf(answerable(turnsOf(request.messages.slice(last + 1)))), tools: offeredTools(request) };
}

/** The conversation as one text, for a CLI that does not take its history. */
export function encodeTranscript(script: TurnScript): TurnScript {
  const { history, prompt } = script;
  if (history.length === 0) return script;
  const told = history.map(({ role, parts }) => `${role === 'user' ? 'User' : 'Assistant'}: ${parts.map((part) => ('text' in part ? part.text : '[image]')).join('\n')}`);
  const text = `The conversation so far:\n\n${told.join('\n\n')}\n\nThe user's next message:`;
  return { ...script, history: [], prompt: [{ type: 'text', text }, ...prompt] };
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: HistoryPart[];
}

function scriptOf(turns: readonly Turn[]): Omit<TurnScript, 'tools'> {
  const [last] = turns.slice(-1);
  const prompt = (last?.parts ?? []).map((part): ContentBlock => ('text' in part ? { type: 'text', text: part.text } : { type: 'image', ...part.inlineData }));
  return { history: turns.slice(0, -1), prompt, characters: turns.reduce((sum, { parts }) => sum + charactersOf(parts), 0) };
}

/** @throws GatewayError `invalid_parameter` where nothing is said last */
function answerable(turns: Turn[]): Turn[] {
  if (turns.at(-1)?.role !== 'user') throw new GatewayError('invalid_parameter', 'The last message has no content to answer.', { param: 'messages' });
  return turns;
}

/** Turns of one role that follow each other are one turn; messages without content are left out. */
function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = partsOf(message).filter((part) => !('text' in part) || part.text.trim() !== '');
    const before = turns.at(-1);
    if (parts.length === 0) continue;
    if (before?.role === role) before.parts.push(...parts);
    else turns.push({ role, parts });
  }
  return turns;
}

/** The parts of the first user turn, which is made where the assistant began. */
function opening(turns: Turn[]): HistoryPart[] {
  if (turns[0]?.role !== 'user') turns.unshift({ role: 'user', parts: [] });
  return turns[0]?.parts ?? [];
}

function partsOf(message: Message): HistoryPart[] {
  switch (message.role) {
    case 'user':
      return message.content.map(encodePart);
    case 'assistant':
      return [{ text: neutral(message.text) }, ...message.toolCalls.map(({ name, json }) => ({ text: `[I called the function ${name} with ${json}]` }))];
    case 'tool':
      return [{ text: '[The result of the function]' }, ...message.content.map(encodePart)];
  }
}

function encodePart(part: ContentPart): HistoryPart {
  switch (part.type) {
    case 'text':
      return { text: neutral(part.text) };
    case 'image':
      if (!pictures.has(part.mediaType)) throw unsupported(`Gemini CLI takes ${[...pictures].join(', ')}.`, part.param);
      return { inlineData: { mimeType: part.mediaType, data: part.data } };
    case 'image-url':
      throw unsupported('Gemini CLI takes images as data: URLs only.', part.param);
    case 'file':
      throw unsupported('Gemini CLI takes no files.', part.param);
    case 'audio':
      throw unsupported('Gemini CLI takes no audio here.', part.param);
  }
}

function charactersOf(parts: readonly HistoryPart[]): number {
  return parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0);
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param });
}
