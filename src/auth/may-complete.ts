import { type Client } from './client.js';

/** Whether a client may still have completions made with nobody asking. */
export function mayComplete({ scopes }: Client): boolean {
  return scopes.includes('completions') || scopes.includes('admin');
}
