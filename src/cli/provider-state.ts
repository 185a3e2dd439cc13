import { paint } from './paint.js';
import { type ProviderStatus } from '../providers/provider.js';

/** A mark for whether something can be used. */
export function markOf(good: boolean): string {
  return good ? paint('green', '✓') : paint('red', '✗');
}

/** A provider's state in words: who is billed, or what is wrong and what to do. */
export function stateOf({ status, installed, auth, detail }: ProviderStatus): string {
  if (status === 'ready') return auth === undefined ? 'ready' : `ready, ${auth === 'api_key' ? 'by an API key' : 'by a subscription'}`;
  return detail ?? (installed ? 'not ready' : 'not installed');
}
