import { type CompletionRequest, type FunctionTool } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { MAX_JSON_DEPTH, nestsDeeper } from '../kernel/json-depth.js';
import { type Message, type ToolCall } from '../kernel/message.js';
import { type Provider } from '../providers/provider.js';

/**
 * What no decoder can know: whether the provider has what the request needs, and whether the conversation, with what its session knows of it, is whole.
 *
 * @throws GatewayError `unsupported_parameter`, `invalid_parameter`
 */
export function checkRequest({ id, capabilities }: Pick<Provider, 'id' | 'capabilities'>, { tools, toolChoice, messages }: CompletionRequest): void {
  if (tools.length > 0 && toolChoice !== 'none' && capabilities.tools === 'none') {
    throw new GatewayError('unsupported_parameter', `The provider "${id}" does not support "tools".`, { param: 'tools' });
  }
  checkNames(tools);
  checkToolResults(messages);
}

function checkNames(tools: readonly FunctionTool[]): void {
  const names = new Set<string>();
  for (const { name } of tools) {
    if (names.has(name)) throw new GatewayError('invalid_parameter', `Tool names must be unique: "${clip(name)}" is there twice.`, { param: 'tools' });
    names.add(name);
  }
}

/** Each result answers a call of the assistant message before it, once; each call is answered before the conversation goes on. */
function checkToolResults(messages: readonly Message[]): void {
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.delete(message.callId)) throw invalid(`The result of the tool call "${clip(message.callId)}" answers no call of the assistant message before it.`);
      continue;
    }
    refuseOpen(open);
    if (message.role === 'assistant') checkArguments(message.toolCalls);
    open = new Set(message.role === 'assistant' ? message.toolCalls.map(({ callId }) => callId) : []);
  }
  refuseOpen(open);
}

/** They are text in the body, and read by whoever tells them to a model as what they are. */
function checkArguments(calls: readonly ToolCall[]): void {
  const deep = calls.find(({ json }) => nestsDeeper(Buffer.from(json), MAX_JSON_DEPTH));
  if (deep) throw invalid(`The arguments of the tool call "${clip(deep.callId)}" are nested more than ${MAX_JSON_DEPTH} levels deep.`);
}

function refuseOpen(open: ReadonlySet<string>): void {
  if (open.size === 0) return;
  const missing = [...open].slice(0, 20).map(clip).join(', ');
  throw invalid(`The results of these tool calls are missing: ${missing}. Each call of an assistant message has to be answered before the conversation goes on.`);
}

function clip(id: string): string {
  return id.length > 80 ? `${id.slice(0, 80)}…` : id;
}

function invalid(message: string): GatewayError {
  return new GatewayError('invalid_parameter', message, { param: 'messages' });
}
