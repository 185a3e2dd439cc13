import { type ResponseStore } from './response-store.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Conversation } from '../kernel/message.js';
import { answersReferredTo, withItems } from '../wire/openai-responses/item-references.js';

/** Earlier answers whose items one request may refer to. */
const MAX_REFERRED = 200;

/** The conversation that a request goes on from, its client's own. @throws GatewayError `not_found`, `invalid_parameter` where there is nothing to go on from */
export async function historyOf(store: ResponseStore, id: string, owner: string): Promise<Conversation> {
  const found = await store.conversation(id, owner);
  if (!found) throw new GatewayError('not_found', `Previous response with id '${id.slice(0, 80)}' not found.`, { param: 'previous_response_id' });
  if (found.conversation.messages.length === 0)
    throw new GatewayError('invalid_parameter', `The previous response is ${found.status}: there is nothing to go on from.`, { param: 'previous_response_id' });
  return found.conversation;
}

/** The input with the items of its client's own earlier answers in the place of what refers to them. @throws GatewayError `not_found`, `invalid_parameter` where there are too many */
export async function inputWithItems(store: ResponseStore, input: unknown, owner: string): Promise<unknown> {
  const ids = answersReferredTo(input);
  if (ids.size === 0) return input;
  if (ids.size > MAX_REFERRED) throw new GatewayError('invalid_parameter', `The input refers to more than ${MAX_REFERRED} answers: send their items whole.`, { param: 'input' });
  return withItems(input as readonly unknown[], await store.outputs([...ids], owner));
}
