import { type Gateway } from './boot.js';
import { ProviderHealth } from '../../src/completion/provider-health.js';
import { ProviderRegistry } from '../../src/providers/provider-registry.js';

/** Closes every circuit breaker: for specs whose vendors fail many times in a row. */
export function forgetFailures({ app }: Gateway): void {
  for (const provider of app.get(ProviderRegistry).known) app.get(ProviderHealth).breaker(provider).succeeded();
}
