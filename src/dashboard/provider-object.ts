import { type ProviderHealth } from '../completion/provider-health.js';
import { type Capabilities } from '../kernel/capabilities.js';
import { type QuotaWindow } from '../kernel/quota.js';
import { type Provider, type ProviderStatus } from '../providers/provider.js';

/** Nobody waits longer for a probe: what the last one told is shown meanwhile. Milliseconds. */
const PROBE_WAIT_MS = 2000;

/** A provider as the dashboard shows it. */
export interface ProviderObject extends Omit<ProviderStatus, 'status' | 'auth' | 'detail'> {
  readonly id: string;
  readonly kind: Provider['kind'];
  readonly enabled: boolean;
  readonly configured: boolean;
  readonly restricted: boolean;
  /** `off`: not switched on, so that nobody asks it; `unknown`: it has not answered yet. */
  readonly status: ProviderStatus['status'] | 'off' | 'unknown';
  readonly auth: ProviderStatus['auth'] | null;
  readonly detail: string | null;
  readonly what_to_do: string | null;
  readonly breaker: { readonly open: boolean; readonly retry_after: number | null };
  readonly default_model: string;
  readonly models: readonly string[];
  readonly capabilities: Capabilities;
  readonly quota: readonly QuotaWindow[];
}

/** What is known of a provider that is not switched on: nobody asks it. */
function unasked({ configured }: Provider): State {
  return { status: 'off', installed: configured, authenticated: false };
}

type State = Omit<ProviderStatus, 'status'> & Pick<ProviderObject, 'status'>;

async function stateOf(provider: Provider, health: ProviderHealth): Promise<State> {
  const { latest } = health.known(provider);
  return withinTime<State>(health.state(provider), latest ?? { ...unasked(provider), status: 'unknown' });
}

export async function encodeProvider(provider: Provider, enabled: boolean, health: ProviderHealth): Promise<ProviderObject> {
  const { status, installed, authenticated, auth = null, detail = null } = enabled ? await stateOf(provider, health) : unasked(provider);
  const breaker = health.breaker(provider);
  return {
    id: provider.id,
    kind: provider.kind,
    enabled,
    configured: provider.configured,
    restricted: provider.restricted === true,
    status,
    installed,
    authenticated,
    auth,
    detail,
    what_to_do: status === 'unavailable' && !breaker.open ? provider.whatToDo : null,
    breaker: { open: breaker.open, retry_after: breaker.open ? breaker.retryAfter : null },
    default_model: provider.defaultModel,
    models: provider.models(),
    capabilities: provider.capabilities,
    quota: provider.quota?.() ?? [],
  };
}

async function withinTime<T>(work: Promise<T>, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, PROBE_WAIT_MS, otherwise).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
