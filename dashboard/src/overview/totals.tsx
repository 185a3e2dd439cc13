import { Link } from 'wouter-preact';
import { type Figures } from '../api/overview.ts';
import { Tile, Tiles } from '../components/tile.tsx';
import { compact, dollars, exact, milliseconds, percent } from '../format/numbers.ts';
import { filters } from './filters.tsx';

/** The figures over the whole time. */
export function Totals({ totals, query }: { readonly totals: Figures; readonly query: URLSearchParams }) {
  const { requests, errors, aborted, latency_ms: latency, ttft_ms: ttft, cached_tokens: cached, cache_hits: hits } = totals;
  const tokens = totals.prompt_tokens + totals.completion_tokens;
  return (
    <Tiles>
      <Tile label="Requests" value={compact(requests)} title={exact(requests)} note={hits > 0 ? `${compact(hits)} from the cache` : 'all asked anew'} />
      <Tile
        label="Errors"
        value={percent(errors, requests)}
        title={`${exact(errors)} of ${exact(requests)}`}
        tone={errors > 0 ? 'bad' : undefined}
        note={<Failed errors={errors} aborted={aborted} query={query} />}
      />
      <Tile label="Latency, p50" value={latency ? milliseconds(latency.p50) : '–'} note="half are faster" />
      <Tile label="Latency, p95" value={latency ? milliseconds(latency.p95) : '–'} note="19 of 20 are faster" />
      <Tile label="Time to first token" value={ttft ? milliseconds(ttft.p50) : '–'} note={ttft ? `p95 ${milliseconds(ttft.p95)}` : 'nothing was streamed'} />
      <Tile label="Tokens" value={compact(tokens)} title={exact(tokens)} note={`${percent(cached, totals.prompt_tokens)} of input cached`} />
      <Tile label="Cost" value={dollars(totals.cost_usd)} note={requests > 0 ? `${dollars(totals.cost_usd / requests)} a request` : 'nothing yet'} />
    </Tiles>
  );
}

interface FailedProps {
  readonly errors: number;
  readonly aborted: number;
  readonly query: URLSearchParams;
}

/** How many, and the way to them. */
function Failed({ errors, aborted, query }: FailedProps) {
  const chosen = filters.flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : []));
  const left = aborted === 0 ? '' : ` · ${exact(aborted)} left early`;
  if (errors === 0) return <>none failed{left}</>;
  return (
    <>
      <Link href={`/requests?${new URLSearchParams([['outcome', 'error'], ...chosen]).toString()}`}>{exact(errors)} failed</Link>
      {left}
    </>
  );
}
