import { parameterError } from '../openai-chat/parameter-error.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Message } from '../../kernel/message.js';

/** A request that follows an earlier response: its conversation comes first; its instructions do not, as with OpenAI. @throws GatewayError where there is nothing to answer */
export function withHistory(request: CompletionRequest, before: readonly Message[]): CompletionRequest {
  const messages = [...before, ...request.messages];
  const last = request.messages.at(-1);
  if (!last) throw parameterError.invalid('input', 'nothing to answer. Expected at least one message or tool output.');
  if (last.role === 'assistant') throw parameterError.unsupported('input', 'It must end with a user message or a tool output: an answer cannot be continued.');
  return { ...request, messages };
}
