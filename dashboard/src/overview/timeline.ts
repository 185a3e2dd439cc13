import { type Bucket, type Overview } from '../api/overview.ts';
import { type ChartData, type Series } from '../chart/series.ts';

/** Longer than any answer of the gateway: what it says is not trusted to be of sense. */
const most = 2000;

type Read = (bucket: Bucket | undefined) => number | null;

/** The figures of an overview over time, ready for charts; buckets in which nothing happened are there too. */
export function timelineOf(overview: Overview): Readonly<Record<'requests' | 'latency' | 'ttft' | 'tokens' | 'cost', ChartData>> {
  const step = Math.max(1, overview.bucket_seconds);
  const [from, to] = [Date.parse(overview.from) / 1000, Date.parse(overview.to) / 1000];
  const found = new Map(overview.buckets.map((bucket) => [Date.parse(bucket.start) / 1000, bucket]));
  const first = Math.min(...found.keys(), from);
  // Buckets lie on a grid, which the first of them shows.
  const begin = found.size > 0 ? first : Math.floor(from / step) * step;
  const starts = Array.from({ length: Math.max(0, Math.min(most, Math.ceil((to - begin) / step))) }, (_, at) => begin + at * step);
  const buckets = starts.map((start) => found.get(start));

  const chart = (kind: ChartData['kind'], ...series: readonly (readonly [label: string, color: Series['color'], read: Read])[]): ChartData => ({
    kind,
    from: begin,
    to,
    starts,
    series: series.map(([label, color, read]) => ({ label, color, values: buckets.map(read) })),
  });
  return {
    requests: chart('bars', ['Failed', '--bad', (bucket) => bucket?.errors ?? 0], ['Answered', '--accent', (bucket) => (bucket ? bucket.requests - bucket.errors : 0)]),
    latency: chart('band', ['p50', '--accent', (bucket) => bucket?.latency_ms?.p50 ?? null], ['p95', '--accent-faint', (bucket) => bucket?.latency_ms?.p95 ?? null]),
    ttft: chart('band', ['p50', '--accent', (bucket) => bucket?.ttft_ms?.p50 ?? null], ['p95', '--accent-faint', (bucket) => bucket?.ttft_ms?.p95 ?? null]),
    tokens: chart('bars', ['Completion', '--accent', (bucket) => bucket?.completion_tokens ?? 0], ['Prompt', '--accent-faint', (bucket) => bucket?.prompt_tokens ?? 0]),
    cost: chart('bars', ['Cost', '--accent', (bucket) => bucket?.cost_usd ?? 0]),
  };
}
