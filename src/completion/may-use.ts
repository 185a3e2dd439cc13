import { type Client, openClient } from '../auth/client.js';
import { type ModelId, modelMatches } from '../kernel/model-id.js';
import { type Provider } from '../providers/provider.js';

/**
 * Whether a client may use a model, by its key's `models` list. An agent that may run tools of its own serves only keys that name it: `*` does not.
 * Where there are no clients at all, the one who asks is the operator.
 */
export function mayUse(client: Client, id: ModelId, provider: Pick<Provider, 'restricted'> | undefined): boolean {
  const { models } = client;
  if (provider?.restricted !== true) return models?.some((pattern) => modelMatches(pattern, id)) ?? true;
  const [family = ''] = id.provider.split('/', 1);
  return models?.some((pattern) => pattern.startsWith(`${family}/`) && modelMatches(pattern, id)) ?? client.id === openClient.id;
}
