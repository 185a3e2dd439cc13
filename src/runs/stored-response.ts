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

/** An answer that can be asked for again. */
export interface StoredResponse {
  readonly body: ResponseBody;
  /** The input items as the client sent them. */
  readonly input: readonly unknown[];
  /** The conversation with the answer: what a request that follows it goes on from. Empty before its end, and where it failed. */
  readonly messages: readonly Message[];
}

/** Whether it will not change any more. */
export function isOver(status: ResponseStatus): boolean {
  return status !== 'queued' && status !== 'in_progress';
}
