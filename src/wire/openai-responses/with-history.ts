import { parameterError } from '../openai-chat/parameter-error.js';
import { type CompletionRequest } from '../../kernel/completion-request.js';
import { type Conversation } from '../../kernel/message.js';

/**
 * A request that follows an earlier response: its conversation comes first, with the system texts that were in it. Its instructions do not, as with OpenAI.
 *
 * @param instructions how many of the request's system texts are those
 * @throws GatewayError where there is nothing to answer
 */
export function withHistory(request: CompletionRequest, instructions: number, before: Conversation): CompletionRequest {
  const last = request.messages.at(-1);
  if (!last) throw parameterError.invalid('input', 'nothing to answer. Expected at least one message or tool output.');
  if (last.role === 'assistant') throw parameterError.unsupported('input', 'It must end with a user message or a tool output: an answer cannot be continued.');
  const system = [...request.system.slice(0, instructions), ...before.system, ...request.system.slice(instructions)];
  return { ...request, system, messages: [...before.messages, ...request.messages] };
}
