import { type Overview } from '../api/overview.ts';
import { request } from '../api/request.ts';
import { Loaded } from '../components/loaded.tsx';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useAddress } from '../components/use-address.ts';
import { useResource } from '../components/use-resource.ts';
import { Breakdown } from '../overview/breakdown.tsx';
import { Chosen, filters, TimeRange } from '../overview/filters.tsx';
import { FirstRequest } from '../overview/first-request.tsx';
import { spanOf } from '../overview/span.ts';
import { Totals } from '../overview/totals.tsx';

const refresh = 15_000;

export function OverviewPage() {
  const address = useAddress();
  const [query, change] = address;
  const overview = useResource(query.toString(), (signal) => request<Overview>(`/dashboard/api/overview?${asked(query)}`, { signal }), refresh);
  return (
    <>
      <PageHead
        title="Overview"
        lead={
          overview.at === undefined ? (
            'Requests over time.'
          ) : (
            <>
              Read <Moment at={overview.at} />.
            </>
          )
        }
      >
        <TimeRange address={address} span={spanOf(query, Date.now())} />
      </PageHead>
      <Chosen address={address} />
      <Loaded
        resource={overview}
        waiting={
          <>
            <Skeleton height={96} />
            <Skeleton height={280} />
          </>
        }
      >
        {({ totals, clients, providers, models }) =>
          totals.requests === 0 ? (
            <FirstRequest />
          ) : (
            <>
              <Totals totals={totals} />
              <Breakdown
                name="client"
                title="By client"
                rows={clients}
                chosen={query.get('client')}
                onChoose={(client) => {
                  change({ client });
                }}
              />
              <Breakdown
                name="provider"
                title="By provider"
                rows={providers}
                chosen={query.get('provider')}
                onChoose={(provider) => {
                  change({ provider });
                }}
              />
              <Breakdown
                name="model"
                title="By model"
                rows={models}
                chosen={query.get('model')}
                onChoose={(model) => {
                  change({ model });
                }}
              />
            </>
          )
        }
      </Loaded>
    </>
  );
}

/** The query of the page as that of the gateway: with moments instead of a range. */
function asked(query: URLSearchParams): string {
  const { from, to } = spanOf(query, Date.now());
  const chosen = filters.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [[name, value]];
  });
  return new URLSearchParams([['from', from.toISOString()], ['to', to.toISOString()], ...chosen]).toString();
}
