import { type CompletionRequest } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type ContentPart, type Message } from '../../kernel/message.js';
import { sampleOf } from './sample-of.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** How a CLI is asked for an answer in JSON without a schema. */
const ASKS_FOR_JSON = 'a single JSON object';

/** One line for the demo agent. @throws GatewayError `unsupported_parameter` for what it cannot take */
export function encodeTurn(request: CompletionRequest): string {
  refuseUnsupported('The demo agent', request);
  const messages = request.messages.map((message) => ({ role: message.role, text: textOf(message) }));
  const functions = Object.fromEntries(offeredTools(request).map(({ name, parameters }) => [name, JSON.stringify(sampleOf({ type: 'object', ...parameters }))]));
  const json = jsonOf(request);
  return JSON.stringify({
    messages,
    ...(request.maxOutputTokens === undefined ? {} : { max_tokens: request.maxOutputTokens }),
    ...(Object.keys(functions).length === 0 ? {} : { functions, must_call: toolInstruction(request) !== undefined }),
    ...(json === undefined ? {} : { json }),
  });
}

/** What an answer that has to be JSON is; undefined where it may be words. */
function jsonOf({ responseFormat, system }: CompletionRequest): string | undefined {
  if (responseFormat.type === 'json-schema') return JSON.stringify(sampleOf(responseFormat.schema));
  return system.some((text) => text.includes(ASKS_FOR_JSON)) ? '{"demo":true}' : undefined;
}

function textOf(message: Message): string {
  return message.role === 'assistant' ? message.text : message.content.map(partText).join('');
}

function partText(part: ContentPart): string {
  if (part.type === 'text') return part.text;
  throw new GatewayError('unsupported_parameter', `The demo agent takes text only, not ${part.type.replace('-', '_')} parts.`, { param: part.param });
}
