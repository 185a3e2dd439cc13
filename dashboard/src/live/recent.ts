import { type Live } from '../api/live.ts';
import { type ChartData } from '../chart/series.ts';

/** Five minutes. */
const kept = 300_000;

interface Sample {
  readonly at: number;
  readonly running: number;
  readonly waiting: number;
}

/** What was told in the last minutes, with one more; what came out of order, or twice, is left out. */
export function withSample(samples: readonly Sample[], live: Live): readonly Sample[] {
  const at = Date.parse(live.at);
  const last = samples.at(-1);
  if (Number.isNaN(at) || (last && at <= last.at)) return samples;
  return [...samples.filter((sample) => sample.at > at - kept), { at, running: live.in_flight ?? live.capacity?.active ?? 0, waiting: live.capacity?.queued ?? 0 }];
}

/** The same as lines; empty at the left for as long as nobody has looked. */
export function recentChart(samples: readonly Sample[]): ChartData {
  const to = (samples.at(-1)?.at ?? Date.now()) / 1000;
  return {
    kind: 'steps',
    from: to - kept / 1000,
    to,
    starts: samples.map(({ at }) => at / 1000),
    series: [
      { label: 'Being answered', color: '--accent', values: samples.map(({ running }) => running) },
      { label: 'Waiting', color: '--warn', values: samples.map(({ waiting }) => waiting) },
    ],
  };
}
