import { decodeUsage } from './decode-usage.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Usage } from '../../kernel/usage.js';

/** What the gateway reads of a `chat.completion.chunk`: its first choice. */
export interface ChatChunk {
  readonly id: string;
  readonly model: string;
  readonly delta: ChatDelta | undefined;
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
}

export interface ChatDelta {
  readonly text: string;
  /** Words by which the model refuses. */
  readonly refusal: string;
  readonly reasoning: string;
  readonly toolCalls: readonly ToolCallChunk[];
}

export interface ToolCallChunk {
  readonly index: number;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly json: string;
}

/** Reads one chunk, leniently: what a vendor leaves out or adds is no error. @throws GatewayError `upstream_error` for an error, or what is no JSON object */
export function decodeChunk(data: string): ChatChunk {
  const chunk = parse(data);
  throwVendorError(chunk);
  const choice = firstChoice(chunk['choices']);
  const finishReason = text(choice['finish_reason']);
  return {
    id: text(chunk['id']),
    model: text(chunk['model']),
    delta: isObject(choice['delta']) ? decodeDelta(choice['delta']) : undefined,
    finishReason: finishReason === '' ? undefined : finishReason,
    usage: decodeUsage(chunk['usage']),
  };
}

type JsonObject = Readonly<Record<string, unknown>>;

function parse(data: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch (cause) {
    throw new GatewayError('upstream_error', 'The provider sent what is not JSON.', { cause });
  }
  if (!isObject(value)) throw new GatewayError('upstream_error', 'The provider sent what is not a chunk.');
  return value;
}

function throwVendorError(chunk: JsonObject): void {
  const error = chunk['object'] === 'error' ? chunk : chunk['error'];
  if (error === undefined || error === null) return;
  const message = isObject(error) ? text(error['message']) : text(error);
  throw new GatewayError('upstream_error', message === '' ? 'The provider reported an error.' : message.slice(0, MAX_MESSAGE));
}

function firstChoice(choices: unknown): JsonObject {
  if (!Array.isArray(choices)) return {};
  const choice: unknown = choices.find((each) => isObject(each) && (each['index'] ?? 0) === 0);
  return isObject(choice) ? choice : {};
}

function decodeDelta(delta: JsonObject): ChatDelta {
  const calls: readonly unknown[] = Array.isArray(delta['tool_calls']) ? delta['tool_calls'] : [];
  return {
    text: text(delta['content']),
    refusal: text(delta['refusal']),
    reasoning: text(delta['reasoning_content']) || text(delta['reasoning']),
    toolCalls: calls.filter(isObject).map(decodeToolCall),
  };
}

function decodeToolCall(call: JsonObject, position: number): ToolCallChunk {
  const body = isObject(call['function']) ? call['function'] : {};
  return {
    index: typeof call['index'] === 'number' ? call['index'] : position,
    id: text(call['id']) || undefined,
    name: text(body['name']) || undefined,
    json: text(body['arguments']),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const MAX_MESSAGE = 1000;
