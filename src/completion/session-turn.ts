import { type CompletionRequest } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Conversation, newTurnOf } from '../kernel/message.js';

/**
 * A request within a session (contract, section 4): what follows its last assistant message is the new turn, the session knows the rest. Its system texts, where
 * it has any, take the place of the session's. A session that knows nothing yet takes the whole request.
 *
 * @throws GatewayError `invalid_parameter` where there is no new turn
 */
export function withinSession(request: CompletionRequest, session: Conversation): CompletionRequest {
  if (session.messages.length === 0) return request;
  const turn = newTurnOf(request.messages);
  if (turn.length === 0) throw new GatewayError('invalid_parameter', 'The request has no message after its last assistant message.', { param: 'messages' });
  return { ...request, system: request.system.length > 0 ? request.system : session.system, messages: [...session.messages, ...turn] };
}
