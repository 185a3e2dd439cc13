import { type RequestPermissionRequest, type RequestPermissionResponse } from '@agentclientprotocol/sdk';

/** The answer to an agent that wants to use a tool of its own: no, this once; where it does not offer that, never; else the call counts as cancelled. */
export function refusePermission({ options }: Pick<RequestPermissionRequest, 'options'>): RequestPermissionResponse {
  const refusal = options.find(({ kind }) => kind === 'reject_once') ?? options.find(({ kind }) => kind === 'reject_always');
  return { outcome: refusal ? { outcome: 'selected', optionId: refusal.optionId } : { outcome: 'cancelled' } };
}
