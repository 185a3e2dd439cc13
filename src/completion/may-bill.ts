import { type CompletionCall } from './completion-call.js';
import { type Provider } from '../providers/provider.js';

/** Whether whoever is billed at a provider may be billed for a call. */
export function mayBill({ subscriptions = true }: Pick<CompletionCall, 'subscriptions'>, provider: Pick<Provider, 'billsSubscription'>): boolean {
  return subscriptions || provider.billsSubscription?.() !== true;
}

/** What to do where it may not. @param provider its id */
export function subscriptionsOff(provider: string): string {
  return `The provider "${provider}" bills the login of a subscription, which batches do not use. Give it an API key, name another provider, or, where the terms of the subscription allow it, set SHELLM_BATCH_SUBSCRIPTIONS=on.`;
}
