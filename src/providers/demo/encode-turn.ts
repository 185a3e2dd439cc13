import { type CompletionRequest } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../../kernel/message.js';

/** One line for the demo agent. @throws GatewayError `unsupported_parameter` for what it cannot take */
export function encodeTurn(request: CompletionRequest): string {
  refuse(request);
  const messages = request.messages.map((message) => ({ role: message.role, text: textOf(message) }));
  return JSON.stringify({ messages, ...(request.maxOutputTokens === undefined ? {} : { max_tokens: request.maxOutputTokens }) });
}

function refuse({ tools, toolChoice, responseFormat, apiOnlyParameters }: CompletionRequest): void {
  const [apiOnly] = apiOnlyParameters;
  const parameter = apiOnly ?? (tools.length > 0 && toolChoice !== 'none' ? 'tools' : undefined) ?? (responseFormat.type === 'text' ? undefined : 'response_format');
  if (parameter !== undefined) throw new GatewayError('unsupported_parameter', `The demo agent does not support "${parameter}".`, { param: parameter });
}

function textOf(message: Message): string {
  return message.role === 'assistant' ? message.text : message.content.map(partText).join('');
}

function partText(part: ContentPart): string {
  if (part.type === 'text') return part.text;
  throw new GatewayError('unsupported_parameter', `The demo agent takes text only, not ${part.type} parts.`, { param: part.param });
}
