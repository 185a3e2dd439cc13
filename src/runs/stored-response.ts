import { type Message } from '../kernel/message.js';

/** States of an answer, in the words of OpenAI's Responses API. */
export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** The answer as its client gets it: a JSON object with these fields and others. */
export interface ResponseBody {
  readonly id: string;
  readonly status: ResponseStatus;
  readonly [field: string]: unknown;
}

/** One event of an answer's stream; those that begin or end it hold the answer. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly response?: ResponseBody;
  readonly [field: string]: unknown;
}

/** What was said: the system texts of the input (the instructions are each request's own), and the turns. */
export interface Conversation {
  readonly system: readonly string[];
  readonly messages: readonly Message[];
}

/** What nothing can go on from. */
export const nothingSaid: Conversation = { system: [], messages: [] };

/** An answer that can be asked for again. */
export interface StoredResponse {
  readonly body: ResponseBody;
  /** The input items as the client sent them. */
  readonly input: readonly unknown[];
  /** With the answer: what a request that follows it goes on from. {@link nothingSaid} before its end, and where it failed. */
  readonly conversation: Conversation;
}

/** Whether it will not change any more. */
export function isOver(status: ResponseStatus): boolean {
  return status !== 'queued' && status !== 'in_progress';
}
