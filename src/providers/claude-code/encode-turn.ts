import { type ConversationTurn, conversationOf } from './conversation.js';
import { type Block, wellFormed } from './encode-content.js';
import { type PendingCall, resultLines, SERVER } from './function-server.js';
import { NAME } from './launch.js';
import { DEFAULT_MODEL } from './models.js';
import { withoutDialect } from './takes-schema.js';
import { defaultTurnSettings, sameTurnSettings, type TurnSettings, turnSettings } from './turn-settings.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { newTurnOf } from '../../kernel/message.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** A line, or one that tells which model runs: the CLI says so before it acknowledges the first line of history. */
export type ScriptLine = string | ((runningModel: string) => string);

/**
 * What to write to the CLI for one turn: batches of lines, the last of which ends with the message to answer. After each of the others the CLI
 * has to acknowledge a line of history before the next is written: it takes assistant lines at once but queues user lines.
 */
export interface TurnScript {
  readonly batches: readonly (readonly ScriptLine[])[];
  readonly settings: TurnSettings;
  /** The functions that the process offers. */
  readonly tools: readonly FunctionTool[];
  /** Whether the process makes the model keep to a schema. */
  readonly structured: boolean;
}

/** The whole conversation for a process that knows nothing of it. @throws GatewayError for what the CLI cannot take */
export function encodeConversation(request: CompletionRequest, model: string): TurnScript {
  refuseUnsupported(NAME, request);
  const settings = turnSettings(request);
  const turns = conversationOf(request.messages);
  const opening = turns[0]?.role === 'assistant' ? turns.shift() : undefined;
  const tools = offeredTools(request);
  const lines = [initializeLine(request, opening, tools), ...settingsLines(settings, model)];
  return { batches: batchesOf(lines, turns), settings, tools, structured: request.responseFormat.type === 'json-schema' };
}

/** What a fresh process does not have yet: a line of settings costs the CLI about 20 ms, whatever it says. */
function settingsLines(settings: TurnSettings, model: string): string[] {
  const changed = { ...(model === DEFAULT_MODEL ? {} : { model }), ...(sameTurnSettings(settings, defaultTurnSettings) ? {} : settings) };
  return Object.keys(changed).length === 0 ? [] : [settingsLine(changed)];
}

/**
 * The new messages alone, for the process that holds the conversation up to its last answer.
 *
 * @param whole the script of the whole conversation
 * @param current the settings that the process has
 */
export function nextTurnOf(whole: TurnScript, current: TurnSettings): TurnScript {
  const { batches, settings } = whole;
  const message = batches.at(-1)?.at(-1) ?? '';
  return { ...whole, batches: [sameTurnSettings(settings, current) ? [message] : [settingsLine(settings), message]] };
}

/**
 * The results alone, for the process that waits for them; undefined where the request brings anything else, or other settings: then the conversation is told
 * to another process.
 *
 * @param calls whose results the process waits for
 */
export function resultsOf(
  whole: TurnScript,
  { settings, calls }: { readonly settings: TurnSettings; readonly calls: readonly PendingCall[] },
  { messages }: CompletionRequest,
): TurnScript | undefined {
  const lines = resultLines(calls, newTurnOf(messages));
  return lines && sameTurnSettings(settings, whole.settings) ? { ...whole, batches: [lines] } : undefined;
}

function batchesOf(opening: readonly string[], turns: readonly ConversationTurn[]): ScriptLine[][] {
  const batches: ScriptLine[][] = [];
  let batch: ScriptLine[] = [...opening];
  for (const [index, { role, content }] of turns.entries()) {
    if (role === 'assistant') {
      batch.push((runningModel) => assistantLine(content, index, runningModel));
      continue;
    }
    batch.push(userLine(content, index < turns.length - 1));
    batches.push(batch);
    batch = [];
  }
  return batches;
}

/**
 * Must be the first line: after it the system prompt is fixed. An empty list keeps the CLI's own agent prompt out; leaving it out brings that in.
 */
function initializeLine(request: CompletionRequest, opening: ConversationTurn | undefined, tools: readonly FunctionTool[]): string {
  const { system, responseFormat } = request;
  const texts = [...system, opening ? openingText(opening) : '', toolInstruction(request) ?? ''];
  return controlLine('initialize', {
    subtype: 'initialize',
    systemPrompt: texts.filter((text) => text.trim() !== '').map(wellFormed),
    ...(tools.length > 0 ? { sdkMcpServers: [SERVER] } : {}),
    ...(responseFormat.type === 'json-schema' ? { jsonSchema: withoutDialect(responseFormat.schema) } : {}),
  });
}

/** What is left out stays as it is. The model not by `set_model`, which has the vendor judge a full name first: a call of its own, billed. */
function settingsLine(settings: { readonly model?: string } & Partial<TurnSettings>): string {
  return controlLine('settings', { subtype: 'apply_flag_settings', settings });
}

function controlLine(requestId: string, request: object): string {
  return JSON.stringify({ type: 'control_request', request_id: requestId, request });
}

/** `client_composed` makes the text literal: no `/command`, no `@file`. */
function userLine(content: readonly Block[], history: boolean): string {
  const [first] = content;
  const literal = content.length === 1 && first?.type === 'text' ? first.text : content;
  const query = history ? { shouldQuery: false } : {};
  return JSON.stringify({ type: 'user', client_composed: true, ...query, message: { role: 'user', content: literal }, parent_tool_use_id: null, session_id: '' });
}

/** Of a model that does not run, by its full name, the CLI drops the reasoning. */
function assistantLine(content: readonly Block[], index: number, model: string): string {
  const message = {
    id: `msg_${index}`,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: content.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  };
  return JSON.stringify({ type: 'assistant', parent_tool_use_id: null, session_id: '', message });
}

/** The API wants a user turn first: what the assistant said before it is told in the system prompt. */
function openingText({ content }: ConversationTurn): string {
  if (content.some(({ type }) => type === 'tool_use')) {
    throw new GatewayError('invalid_parameter', 'The conversation must not begin with a function call.', { param: 'messages' });
  }
  return `You began the conversation with:\n\n${content.map((block) => (block.type === 'text' ? block.text : '')).join('\n\n')}`;
}
