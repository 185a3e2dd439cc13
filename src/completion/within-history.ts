import { type CompletionRequest } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { newTurnOf } from '../kernel/message.js';
import { type HistoryLease } from '../histories/history.js';

/**
 * A request within a session (contract, section 4) or a conversation: what follows its last assistant message is the new turn, the history knows the rest. Its
 * system texts, where it has any, take the place of the history's. A history in which nothing was said takes the whole request.
 *
 * @throws GatewayError `invalid_parameter` where there is no new turn, `context_length_exceeded` where there is no room for it
 */
export function withinHistory(request: CompletionRequest, { history, checkRoom }: Pick<HistoryLease, 'history' | 'checkRoom'>): CompletionRequest {
  const system = request.system.length > 0 ? request.system : history.system;
  const turn = history.messages.length === 0 ? request.messages : newTurnOf(request.messages);
  if (turn.length === 0) throw new GatewayError('invalid_parameter', 'The request has no message after its last assistant message.', { param: 'messages' });
  checkRoom(turn);
  return { ...request, system, messages: [...history.messages, ...turn] };
}
