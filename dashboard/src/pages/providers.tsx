import { type Provider } from '../api/providers.ts';
import { request } from '../api/request.ts';
import { Empty } from '../components/empty.tsx';
import { Loaded } from '../components/loaded.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { CapabilityLegend } from '../providers/capability-list.tsx';
import { ProviderCard } from '../providers/provider-card.tsx';
import { byNeed } from '../providers/state.ts';
import '../providers/providers.css';

export function ProvidersPage() {
  const providers = useResource('providers', (signal) => request<{ data: readonly Provider[] }>('/dashboard/api/providers', { signal }), 15_000);
  return (
    <>
      <PageHead title="Providers" lead="Who answers, what each can do, and what to do where one cannot.">
        <CapabilityLegend />
      </PageHead>
      <Loaded
        resource={providers}
        waiting={
          <div class="providers">
            <Skeleton height={320} />
            <Skeleton height={320} />
          </div>
        }
      >
        {({ data }) =>
          data.length === 0 ? (
            <Empty title="No providers." />
          ) : (
            <div class="providers">
              {byNeed(data).map((provider) => (
                <ProviderCard key={provider.id} provider={provider} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}
