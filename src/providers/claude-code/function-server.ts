import { type CliMessage } from './decode-line.js';
import { packageVersion } from '../../config/package-version.js';
import { type FunctionTool } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';
import { textOf } from '../../kernel/read-value.js';
import { canTell, type McpCall, readMcp, resultOf } from '../../tool-bridge/mcp.js';

/** The gateway as a tool server of the CLI, over its own stdin and stdout. */
export const SERVER = 'shellm';

/** Of a longer result that is an error the CLI leaves the middle out. */
const MAX_ERROR_CHARACTERS = 10_000;

/** A function call whose result the CLI waits for. */
export interface PendingCall {
  /** The id that the model gave it. */
  readonly callId: string;
  /** The CLI's request. */
  readonly requestId: string;
  readonly rpcId: string | number;
}

/** What a request of the CLI comes to: a line that answers it, or a call that is answered later. */
export type ServerAnswer = { readonly type: 'reply'; readonly line: string } | { readonly type: 'call'; readonly call: PendingCall };

/** Every request of the CLI needs an answer, else the turn hangs. Beside those for the functions none is expected of a plain completion. */
export function answerRequest({ request_id: id, request }: CliMessage, tools: readonly FunctionTool[]): ServerAnswer {
  const requestId = textOf(id) ?? '';
  if (request?.subtype !== 'mcp_message') return { type: 'reply', line: refusal(requestId) };
  const reading = readMcp(request.message, { name: SERVER, version: packageVersion, tools });
  switch (reading.kind) {
    case 'reply':
      return { type: 'reply', line: answerLine(requestId, reading.message) };
    case 'notice':
      return { type: 'reply', line: answerLine(requestId, { jsonrpc: '2.0', id: 0, result: {} }) };
    case 'call':
      return { type: 'call', call: { callId: callIdOf(reading.call), requestId, rpcId: reading.call.id } };
  }
}

/**
 * The lines that answer the calls which the CLI waits for; undefined where the new messages are anything else than their results, or hold what the CLI would
 * not hand on whole: then the history is told to another process.
 */
export function resultLines(calls: readonly PendingCall[], messages: readonly Message[]): readonly string[] | undefined {
  const lines: string[] = [];
  const open = new Map(calls.map((call) => [call.callId, call]));
  for (const message of messages) {
    const call = message.role === 'tool' && isWhole(message) ? open.get(message.callId) : undefined;
    if (!call || message.role !== 'tool') return undefined;
    open.delete(message.callId);
    lines.push(answerLine(call.requestId, resultOf(call.rpcId, message.content, message.isError === true)));
  }
  return open.size === 0 ? lines : undefined;
}

/** Whether the CLI hands a result on as it is. */
function isWhole({ content, isError }: Extract<Message, { role: 'tool' }>): boolean {
  if (!canTell(content)) return false;
  return !isError || content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0) < MAX_ERROR_CHARACTERS;
}

function callIdOf({ meta }: McpCall): string {
  return textOf(meta['claudecode/toolUseId']) ?? '';
}

function answerLine(requestId: string, message: object): string {
  return JSON.stringify({ type: 'control_response', response: { subtype: 'success', request_id: requestId, response: { mcp_response: message } } });
}

function refusal(requestId: string): string {
  return JSON.stringify({ type: 'control_response', response: { subtype: 'error', request_id: requestId, error: 'not available' } });
}
