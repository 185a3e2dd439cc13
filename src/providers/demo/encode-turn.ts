import { type CompletionRequest } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../../kernel/message.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** One line for the demo agent. @throws GatewayError `unsupported_parameter` for what it cannot take */
export function encodeTurn(request: CompletionRequest): string {
  refuseUnsupported('The demo agent', request);
  const messages = request.messages.map((message) => ({ role: message.role, text: textOf(message) }));
  const functions = offeredTools(request).map(({ name }) => name);
  return JSON.stringify({
    messages,
    ...(request.maxOutputTokens === undefined ? {} : { max_tokens: request.maxOutputTokens }),
    ...(functions.length === 0 ? {} : { functions, must_call: toolInstruction(request) !== undefined }),
  });
}

function textOf(message: Message): string {
  return message.role === 'assistant' ? message.text : message.content.map(partText).join('');
}

function partText(part: ContentPart): string {
  if (part.type === 'text') return part.text;
  throw new GatewayError('unsupported_parameter', `The demo agent takes text only, not ${part.type} parts.`, { param: part.param });
}
