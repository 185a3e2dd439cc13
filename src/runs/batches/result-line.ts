import { randomUUID } from 'node:crypto';
import { type OperationAnswer } from '../operations/operation-runner.js';

/** What becomes of one request: a line of the batch's output file, or of its error file. */
export interface ResultLine {
  readonly succeeded: boolean;
  /** With its end. */
  readonly text: string;
}

/** Why a request was not run. */
export const notRun = {
  expired: { code: 'batch_expired', message: 'This request could not be executed before the completion window expired.' },
  cancelled: { code: 'batch_cancelled', message: 'This request was not executed: the batch was cancelled before.' },
} as const;

/** @param requestId by which the log tells of it */
export function answeredLine(customId: string, requestId: string, { status, body }: Pick<OperationAnswer, 'status' | 'body'>): ResultLine {
  const succeeded = status >= 200 && status < 300;
  return line(succeeded, { custom_id: customId, response: { status_code: status, request_id: requestId, body }, error: null });
}

export function unansweredLine(customId: string, error: { readonly code: string; readonly message: string }): ResultLine {
  return line(false, { custom_id: customId, response: null, error });
}

function line(succeeded: boolean, fields: object): ResultLine {
  return { succeeded, text: `${JSON.stringify({ id: `batch_req_${randomUUID().replaceAll('-', '')}`, ...fields })}\n` };
}
