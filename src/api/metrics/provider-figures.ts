import { type BreakerState } from '../../completion/circuit-breaker.js';
import { type ProviderHealth, type ProviderKnowledge } from '../../completion/provider-health.js';
import { type QuotaWindow } from '../../kernel/quota.js';
import { type GaugeFigure } from '../../observability/metrics/gauge-figure.js';
import { type Provider } from '../../providers/provider.js';
import { type ProviderRegistry } from '../../providers/provider-registry.js';

const breakerStates: readonly BreakerState[] = ['closed', 'half-open', 'open'];

/** What is known of the providers, from memory: nobody is asked while somebody waits. */
export function providerFigures(registry: ProviderRegistry, health: ProviderHealth): readonly GaugeFigure[] {
  const perProvider = (name: GaugeFigure['name'], help: string, pick: (known: ProviderKnowledge) => boolean): GaugeFigure => ({
    name,
    help,
    labels: ['provider'],
    read: () => registry.observed.map((provider) => [{ provider: provider.id }, Number(pick(health.known(provider)))] as const),
  });
  const perWindow = (name: GaugeFigure['name'], help: string, pick: (window: QuotaWindow) => number | null): GaugeFigure => ({
    name,
    help,
    labels: ['provider', 'window'],
    read: () => registry.enabled.flatMap((provider) => windowsOf(provider, pick)),
  });
  return [
    perProvider('shellm_provider_up', 'Whether a request could go to the provider now: usable, its breaker not open, its last probe good.', ({ up }) => up),
    perProvider('shellm_provider_authenticated', 'Whether the provider has a login or a key, as its last probe found.', ({ latest, up }) => latest?.authenticated ?? up),
    {
      name: 'shellm_circuit_breaker_state',
      help: 'The state of the circuit breaker of the provider: 1 for the one it is in.',
      labels: ['provider', 'state'],
      read: () =>
        registry.observed.flatMap((provider) => {
          const { breaker } = health.known(provider);
          return breakerStates.map((state) => [{ provider: provider.id, state }, Number(state === breaker)] as const);
        }),
    },
    perWindow('shellm_quota_used_percent', "How much of the account's limit is used, as the vendor last told.", ({ used_percent: used }) => used),
    perWindow('shellm_quota_reset_timestamp_seconds', 'When the limit begins anew, in seconds since 1970.', ({ resets_at: at }) => (at === null ? null : Date.parse(at) / 1000)),
  ];
}

/** Those that tell the value; a vendor may tell of one twice. */
function windowsOf(provider: Provider, pick: (window: QuotaWindow) => number | null): (readonly [Record<string, string>, number])[] {
  const values = new Map<string, number>();
  for (const window of provider.quota?.() ?? []) {
    const value = pick(window);
    if (value !== null && Number.isFinite(value)) values.set(window.window, value);
  }
  return [...values].map(([window, value]) => [{ provider: provider.id, window }, value]);
}
