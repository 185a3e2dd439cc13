import { type Named, type Overview } from '../api/overview.ts';
import { request } from '../api/request.ts';
import { Loaded } from '../components/loaded.tsx';
import { Moment } from '../components/moment.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useAddress } from '../components/use-address.ts';
import { useResource } from '../components/use-resource.ts';
import { Breakdown } from '../overview/breakdown.tsx';
import { Charts } from '../overview/charts.tsx';
import { Chosen, filters, TimeRange } from '../overview/filters.tsx';
import { FirstRequest } from '../overview/first-request.tsx';
import { spanOf } from '../overview/span.ts';
import { Totals } from '../overview/totals.tsx';

const refresh = 15_000;

export function OverviewPage() {
  const address = useAddress();
  const [query] = address;
  const overview = useResource(query.toString(), (signal) => request<Overview>(`/dashboard/api/overview?${asked(query)}`, { signal }), refresh);
  const lead =
    overview.at === undefined ? (
      'Requests over time.'
    ) : (
      <>
        Read <Moment at={overview.at} />.
      </>
    );
  return (
    <>
      <PageHead title="Overview" lead={lead}>
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
        {(data) => (data.totals.requests === 0 ? <FirstRequest /> : <Shown overview={data} address={address} />)}
      </Loaded>
    </>
  );
}

function Shown({ overview, address: [query, change] }: { readonly overview: Overview; readonly address: ReturnType<typeof useAddress> }) {
  const breakdown = (name: (typeof filters)[number], rows: readonly Named[]) => (
    <Breakdown
      name={name}
      title={`By ${name}`}
      rows={rows}
      chosen={query.get(name)}
      onChoose={(choice) => {
        change({ [name]: choice });
      }}
    />
  );
  const zoom = (from: number, to: number) => {
    change({ range: 'custom', from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() });
  };
  return (
    <>
      <Totals totals={overview.totals} query={query} />
      <Charts overview={overview} onZoom={zoom} />
      <div class="breakdowns">
        {breakdown('client', overview.clients)}
        {breakdown('provider', overview.providers)}
        {breakdown('model', overview.models)}
      </div>
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
