import { useMemo } from 'preact/hooks';
import { type Overview } from '../api/overview.ts';
import { TimeChart } from '../chart/time-chart.tsx';
import { compact, dollars, milliseconds } from '../format/numbers.ts';
import { timelineOf } from './timeline.ts';

interface ChartsProps {
  readonly overview: Overview;
  readonly onZoom: (from: number, to: number) => void;
}

/** The figures over time; they share the moment that is pointed at. */
export function Charts({ overview, onZoom }: ChartsProps) {
  const { requests, latency, ttft, tokens, cost } = useMemo(() => timelineOf(overview), [overview]);
  const shared = { bucketSeconds: overview.bucket_seconds, together: 'overview', onZoom };
  return (
    <div class="charts">
      <div class="wide">
        <TimeChart title="Requests" data={requests} write={compact} whole height={188} {...shared} />
      </div>
      <TimeChart title="Latency" data={latency} write={milliseconds} {...shared} />
      <TimeChart title="Time to first token" data={ttft} write={milliseconds} {...shared} />
      <TimeChart title="Tokens" data={tokens} write={compact} {...shared} />
      <TimeChart title="Cost" data={cost} write={dollars} {...shared} />
    </div>
  );
}
