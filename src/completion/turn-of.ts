import { type CompletionCall } from './completion-call.js';
import { type RouteHints } from './route-hints.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { isAbsent } from '../wire/value-reader.js';

/** Of what a request is a turn: of a session, by its headers, or of a conversation, by its body. @throws GatewayError `invalid_parameter` */
export function turnOf(
  { conversation_id: conversation }: { readonly conversation_id?: unknown },
  { session, sessionHeader }: RouteHints,
): Pick<CompletionCall, 'session' | 'conversation'> {
  if (isAbsent(conversation)) return { session };
  if (typeof conversation !== 'string') throw parameterError.wrongType('conversation_id', 'a string', conversation);
  if (session !== undefined && sessionHeader !== 'X-Claude-Code') {
    throw new GatewayError('invalid_parameter', 'A turn belongs to a session or to a conversation: send a header that names a session or "conversation_id", not both.', {
      param: 'conversation_id',
    });
  }
  // The conversation takes the place of the session that Claude mode would begin.
  return { session: undefined, conversation };
}
