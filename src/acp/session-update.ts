import { fieldsOf, textOf } from '../kernel/read-value.js';

/** One `session/update` as the agent sent it: only its kind is known to be there. */
export interface SessionUpdate {
  readonly sessionUpdate: string;
  readonly [field: string]: unknown;
}

/** @param params those of a `session/update`; undefined where they are none */
export function readUpdate(params: unknown): { readonly sessionId: string; readonly update: SessionUpdate } | undefined {
  const { sessionId, update } = fieldsOf(params);
  const fields = fieldsOf(update);
  const kind = textOf(fields['sessionUpdate']);
  if (typeof sessionId !== 'string' || kind === undefined) return undefined;
  return { sessionId, update: { ...fields, sessionUpdate: kind } };
}
