import { type FunctionTool } from '../kernel/completion-request.js';
import { type ContentPart } from '../kernel/message.js';

/** Of the Model Context Protocol, where the other side names none. */
const PROTOCOL_VERSION = '2025-06-18';
/** The longest result that an agent may be given whole: without a word it puts a note in the place of one that is over a limit of its own. */
const MAX_RESULT_CHARACTERS = 500_000;
const METHOD_NOT_FOUND = -32_601;

/** A function that the agent's model calls. */
export interface McpCall {
  /** The JSON-RPC request that waits for the result. */
  readonly id: string | number;
  readonly name: string;
  readonly arguments: unknown;
  readonly meta: Readonly<Record<string, unknown>>;
}

export type McpReading =
  /** What to answer at once. */
  | { readonly kind: 'reply'; readonly message: object }
  /** Answered by {@link resultOf}, when the result is there. */
  | { readonly kind: 'call'; readonly call: McpCall }
  /** Wants no answer. */
  | { readonly kind: 'notice' };

type Fields = Readonly<Record<string, unknown>>;

/**
 * A server of the Model Context Protocol that has a client's functions for its tools and nothing else: what one message of its caller means.
 *
 * @param message a JSON-RPC 2.0 message (https://modelcontextprotocol.io/specification/2025-06-18/server/tools)
 */
export function readMcp(message: unknown, { name, version, tools }: { readonly name: string; readonly version: string; readonly tools: readonly FunctionTool[] }): McpReading {
  const { id, method, params } = fieldsOf(message);
  if (typeof id !== 'string' && typeof id !== 'number') return { kind: 'notice' };
  const reply = (result: object): McpReading => ({ kind: 'reply', message: { jsonrpc: '2.0', id, result } });
  const given = fieldsOf(params);
  switch (method) {
    case 'initialize':
      return reply({ protocolVersion: textOr(given['protocolVersion'], PROTOCOL_VERSION), capabilities: { tools: {} }, serverInfo: { name, version } });
    case 'ping':
      return reply({});
    case 'tools/list':
      return reply({ tools: tools.map(describe) });
    case 'tools/call':
      return { kind: 'call', call: { id, name: textOr(given['name'], ''), arguments: given['arguments'] ?? {}, meta: fieldsOf(given['_meta']) } };
    default:
      return { kind: 'reply', message: refusalOf(id, METHOD_NOT_FOUND, 'Method not found') };
  }
}

/** The answer to a call. */
export function resultOf(id: string | number, content: readonly ContentPart[], isError: boolean): object {
  const texts = content.flatMap((part) => (part.type === 'text' ? [{ type: 'text', text: part.text }] : []));
  return { jsonrpc: '2.0', id, result: { content: texts, ...(isError ? { isError } : {}) } };
}

/** In the place of a result. */
export function refusalOf(id: string | number | null, code: number, message: string): object {
  return { jsonrpc: '2.0', id, error: { code, message } };
}

/** Whether {@link resultOf} can tell it, and the agent hands it on whole. */
export function canTell(content: readonly ContentPart[]): boolean {
  return content.every(({ type }) => type === 'text') && content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0) < MAX_RESULT_CHARACTERS;
}

/** Read-only by its word, since nothing happens here: agents call several of such tools at once, and ask nobody. */
function describe({ name, description, parameters }: FunctionTool): object {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    inputSchema: { properties: {}, ...parameters, type: 'object' },
    annotations: { readOnlyHint: true },
    _meta: { 'anthropic/maxResultSizeChars': MAX_RESULT_CHARACTERS },
  };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}
