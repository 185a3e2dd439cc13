import { type Conversation } from '../kernel/message.js';
import { type ResponseObject, type ResponseStatus } from '../wire/openai-responses/response-body.js';

/** What nothing can go on from. */
export const nothingSaid: Conversation = { system: [], messages: [] };

/** An answer that can be asked for again. */
export interface StoredResponse {
  readonly body: ResponseObject;
  /** The input items as the client sent them. */
  readonly input: readonly unknown[];
  /** With the answer: what a request that follows it goes on from. {@link nothingSaid} before its end, and where it failed. */
  readonly conversation: Conversation;
}

/** Whether it will not change any more. */
export function isOver(status: ResponseStatus): boolean {
  return status !== 'queued' && status !== 'in_progress';
}
