import { type ContentBlock } from '@agentclientprotocol/sdk';
import { modelNameOf, refuseSameNames } from './functions.js';
import { NAME } from './launch.js';
import { neutral } from './neutral-text.js';
import { type HistoryPart, type HistoryTurn } from './session-file.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message, newTurnOf, type ToolCall } from '../../kernel/message.js';
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

/** What is said where the results of functions are all that is new: they are history to the CLI, which takes words and pictures. */
const GO_ON = 'Go on with the results of the functions.';

/** The whole conversation, for a session that knows nothing. @throws GatewayError for what the CLI cannot take */
export function encodeConversation(request: CompletionRequest): TurnScript {
  refuseUnsupported(NAME, request);
  refuseSameNames(offeredTools(request));
  const turns = turnsOf(request.messages);
  if (!isAnswerable(turns)) throw new GatewayError('invalid_parameter', 'The last message has no content to answer.', { param: 'messages' });
  const system = [...request.system, toolInstruction(request) ?? ''].filter((text) => text.trim() !== '').join('\n\n');
  // Roles have no place for it: the process has one system prompt for all.
  if (system !== '') opening(turns).unshift({ text: `[System instructions]\n${system}\n[End of the system instructions]` });
  return { ...scriptOf(turns), tools: offeredTools(request) };
}

/**
 * What follows the last answer, for the session that knows the rest; undefined where that says nothing: a blank message may belong to one before a blank answer.
 *
 * @throws GatewayError for what the CLI cannot take
 */
export function encodeNextTurn(request: CompletionRequest): TurnScript | undefined {
  refuseUnsupported(NAME, request);
  const turns = turnsOf(newTurnOf(request.messages));
  return isAnswerable(turns) ? { ...scriptOf(turns), tools: offeredTools(request) } : undefined;
}

/** The conversation as one text, for a CLI that does not take its history. */
export function encodeTranscript(script: TurnScript): TurnScript {
  const { history, prompt } = script;
  if (history.length === 0) return script;
  const told = history.map(({ role, parts }) => `${role === 'user' ? 'User' : 'Assistant'}: ${parts.map(inWords).join('\n')}`);
  const text = `The conversation so far:\n\n${told.join('\n\n')}\n\nThe user's next message:`;
  return { ...script, history: [], prompt: [{ type: 'text', text }, ...prompt] };
}

interface Turn {
  readonly role: 'user' | 'model';
  readonly parts: HistoryPart[];
}

function scriptOf(turns: readonly Turn[]): Omit<TurnScript, 'tools'> {
  const { parts = [] } = turns.at(-1) ?? {};
  const results = parts.filter((part) => 'functionResponse' in part);
  const prompt = parts.flatMap(blockOf);
  return {
    history: [...turns.slice(0, -1), ...(results.length === 0 ? [] : [{ role: 'user' as const, parts: results }])],
    prompt: prompt.length === 0 ? [{ type: 'text', text: GO_ON }] : prompt,
    characters: turns.reduce((sum, turn) => sum + charactersOf(turn.parts), 0),
  };
}

function blockOf(part: HistoryPart): ContentBlock[] {
  if ('text' in part) return [{ type: 'text', text: part.text }];
  return 'inlineData' in part ? [{ type: 'image', ...part.inlineData }] : [];
}

/** Whether something is said last. */
function isAnswerable(turns: readonly Turn[]): boolean {
  return turns.at(-1)?.role === 'user';
}

/** Turns of one role that follow each other are one turn; messages without content are left out. */
function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  /** By the ids of their calls. */
  const functions = new Map<string, string>();
  for (const message of messages) {
    if (message.role === 'assistant') for (const { callId, name } of message.toolCalls) functions.set(callId, name);
    const role = message.role === 'assistant' ? 'model' : 'user';
    const parts = partsOf(message, functions).filter((part) => !('text' in part) || part.text.trim() !== '');
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

function partsOf(message: Message, functions: ReadonlyMap<string, string>): HistoryPart[] {
  switch (message.role) {
    case 'user':
      return message.content.map(encodePart);
    case 'assistant':
      return [{ text: neutral(message.text) }, ...message.toolCalls.map(encodeCall)];
    case 'tool':
      return encodeResult(message, functions.get(message.callId) ?? '');
  }
}

function encodeCall({ callId, name, json }: ToolCall): HistoryPart {
  return { functionCall: { id: callId, name: modelNameOf(name), args: argumentsIn(json) } };
}

/** The texts as the result; what else it holds behind it. */
function encodeResult({ callId, content, isError }: Extract<Message, { role: 'tool' }>, name: string): HistoryPart[] {
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('');
  const others = content.filter(({ type }) => type !== 'text').map(encodePart);
  return [{ functionResponse: { id: callId, name: modelNameOf(name), response: isError === true ? { error: text } : { output: text } } }, ...others];
}

/** A client may send what is none. */
function argumentsIn(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // As it is, then.
  }
  return json === '' ? {} : { arguments: json };
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

/** For a CLI that takes no roles. */
function inWords(part: HistoryPart): string {
  if ('text' in part) return part.text;
  if ('functionCall' in part) return `[I called the function ${part.functionCall.name} with ${JSON.stringify(part.functionCall.args)}]`;
  if (!('functionResponse' in part)) return '[image]';
  const { name, response } = part.functionResponse;
  return 'error' in response ? `[The function ${name} failed]\n${response.error}` : `[The result of the function ${name}]\n${response.output}`;
}

function charactersOf(parts: readonly HistoryPart[]): number {
  return parts.reduce((sum, part) => sum + ('inlineData' in part ? 0 : inWords(part).length), 0);
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported_parameter', message, { param });
}
